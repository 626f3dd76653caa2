package io.github.djlnorm.samples.segmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.Batch;
import ai.djl.translate.TranslateException;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.data.Preprocessing;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** A trained net that tells the class of each pixel. */
final class Segmenter implements AutoCloseable {

    private final Classifier classifier;

    private Segmenter(Classifier classifier) {
        this.classifier = classifier;
    }

    /**
     * Loads a model.
     *
     * @param path a model's file, or the folder that it was saved in
     * @throws BadInputException if there is no model, it is damaged, or classifies whole images
     */
    static Segmenter load(Path path) throws IOException {
        Classifier classifier = Classifier.load(path, "segment");
        if (!classifier.card().net().isPerPixel()) {
            classifier.close();
            throw new BadInputException(
                    path + " holds a model of 'train': give one of 'segment', or use 'predict'");
        }
        return new Segmenter(classifier);
    }

    List<String> classes() {
        return classifier.card().classes();
    }

    /** The class of each pixel of an image of any size. */
    Mask segment(BufferedImage image) {
        try (NDManager manager = classifier.model().getNDManager().newSubManager()) {
            NDArray input = preprocessing().of(manager, image).expandDims(0);
            return masks(input, Mode.EVALUATION).get(0).scaled(image.getWidth(), image.getHeight());
        }
    }

    /**
     * The classes of the pixels of scenes, in the size that the net sees.
     *
     * @param batchSize how many scenes the net sees at once
     * @param mode how it is used; in training, BatchNorm also learns from them
     */
    List<Mask> segment(Scene.Source scenes, int batchSize, Mode mode)
            throws IOException, TranslateException {
        List<Mask> masks = new ArrayList<>();
        forEach(scenes, batchSize, mode, (truth, found) -> masks.add(found));
        return masks;
    }

    /** Compares what the net finds in scenes with what is there, in the size that the net sees. */
    Confusion test(Scene.Source scenes, int batchSize, Mode mode)
            throws IOException, TranslateException {
        Confusion confusion = new Confusion(classes().size());
        forEach(scenes, batchSize, mode, confusion::add);
        return confusion;
    }

    /** Reads each scene once, and tells what is there and what the net finds. */
    private void forEach(
            Scene.Source scenes, int batchSize, Mode mode, BiConsumer<Mask, Mask> reader)
            throws IOException, TranslateException {
        SceneDataset dataset =
                SceneDataset.of(scenes, preprocessing()).setSampling(batchSize, false).build();
        for (Batch batch : dataset.getData(classifier.model().getNDManager())) {
            try (batch) {
                List<Mask> found = masks(batch.getData().singletonOrThrow(), mode);
                NDArray truth = batch.getLabels().singletonOrThrow();
                for (int i = 0; i < found.size(); i++) {
                    reader.accept(Mask.of(truth.get(i)), found.get(i));
                }
            }
        }
    }

    private List<Mask> masks(NDArray images, Mode mode) {
        ParameterStore parameters = new ParameterStore(images.getManager(), false);
        NDList outputs =
                classifier
                        .model()
                        .getBlock()
                        .forward(parameters, new NDList(images), mode == Mode.TRAINING);
        try (NDArray scores = outputs.singletonOrThrow()) {
            List<Mask> masks = new ArrayList<>();
            for (long i = 0; i < scores.size(0); i++) {
                try (NDArray one = scores.get(i)) {
                    masks.add(Mask.ofScores(one));
                }
            }
            return masks;
        }
    }

    private Preprocessing preprocessing() {
        return classifier.card().preprocessing();
    }

    @Override
    public void close() {
        classifier.close();
    }
}
