package io.github.djlnorm.samples.segmentation;

import ai.djl.translate.TranslateException;
import io.github.djlnorm.samples.classification.CheckpointListener;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.classification.EpochReport;
import io.github.djlnorm.samples.classification.ModelCard;
import io.github.djlnorm.samples.classification.Optimization;
import io.github.djlnorm.samples.classification.Training;
import io.github.djlnorm.samples.cli.ResultFiles;
import io.github.djlnorm.samples.data.Preprocessing;
import io.github.djlnorm.samples.nets.Net;
import io.github.djlnorm.samples.studies.StudyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What all trainings have in common.
 *
 * @param scenes the images
 * @param net the net
 * @param imageSize width and height that images are scaled to, in pixels
 * @param epochs the number of passes over the training images
 * @param learningRate Adam's step size at the start for batch size 1
 */
record SegmentTraining(
        SegmentationData scenes, Net net, int imageSize, int epochs, float learningRate) {

    /** All that in words. */
    String setting() {
        return String.format(
                Locale.ROOT,
                "%s on %s at %dx%d pixels, %d images, %d to test with, %d classes, adam, learning"
                        + " rate %s, %d epochs",
                net,
                scenes.name(),
                imageSize,
                imageSize,
                scenes.train().size(),
                scenes.test().size(),
                scenes.classes().size(),
                learningRate,
                epochs);
    }

    /**
     * Trains a net, or goes on with it, unless it has had all its epochs.
     *
     * @param model the folder of its model, which is saved after each epoch
     * @param reader is told about every epoch
     */
    void train(StudyRun run, Path model, Consumer<EpochReport> reader)
            throws IOException, TranslateException {
        Preprocessing preprocessing = new Preprocessing(imageSize);
        ModelCard card = new ModelCard(net, run.norm(), scenes.classes(), preprocessing);
        ResultFiles.create(model);
        try (Classifier classifier =
                Files.exists(model.resolve(Classifier.FILE))
                        ? Classifier.load(model, card)
                        : new Classifier(card)) {
            if (classifier.history().size() < epochs) {
                new Training(epochs, optimization(run.batchSize()), run.seed())
                        .run(
                                classifier,
                                scenes.inBatches(run.batchSize(), preprocessing),
                                reader,
                                new CheckpointListener(classifier, model));
            }
        }
    }

    private Optimization optimization(int batchSize) {
        return new Optimization(
                Optimization.Method.ADAM,
                learningRate * (float) Math.sqrt(batchSize),
                Optimization.Schedule.COSINE);
    }
}
