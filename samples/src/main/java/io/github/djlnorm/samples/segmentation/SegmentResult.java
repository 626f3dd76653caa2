package io.github.djlnorm.samples.segmentation;

import ai.djl.translate.TranslateException;
import io.github.djlnorm.samples.studies.StudyRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How well a trained net does on the test images.
 *
 * @param run the training
 * @param mode how the net was used
 * @param confusion what it took for what
 */
record SegmentResult(StudyRun run, Mode mode, Confusion confusion) {

    /** Tests a saved net in each of its modes. */
    static List<SegmentResult> of(StudyRun run, Path model, Scene.Source scenes)
            throws IOException, TranslateException {
        List<SegmentResult> results = new ArrayList<>();
        for (Mode mode : Mode.of(run.norm())) {
            // Each time a new one, as a test in training mode changes BatchNorm's statistics.
            try (Segmenter net = Segmenter.load(model)) {
                Confusion confusion = net.test(scenes, run.batchSize(), mode);
                results.add(new SegmentResult(run, mode, confusion));
            }
        }
        return results;
    }

    String label() {
        return mode.label(run.norm());
    }
}
