package io.github.djlnorm.samples.studies.lighting;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.training.ParameterStore;
import ai.djl.translate.TranslateException;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.classification.EpochReport;
import io.github.djlnorm.samples.classification.Training;
import io.github.djlnorm.samples.data.ImageData;
import io.github.djlnorm.samples.data.MemoryImages;
import io.github.djlnorm.samples.data.Preprocessing;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What a normalization keeps of an image's lighting, in two tasks: telling what an image shows when
 * its lighting is not that of the training images, and telling the lighting itself.
 */
final class LightingStudy {

    /** The veils over the test images of the first task. */
    static final List<Double> VEILS = List.of(-0.9, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 0.9);

    /** The labels of the second task. */
    static final List<Lighting> LEVELS = Lighting.levels(5, 0.3);

    /** The accuracy of guessing in the second task. */
    static final double CHANCE = 1.0 / LEVELS.size();

    static final int BATCH = 32;

    private LightingStudy() {}

    /**
     * Trains a net to tell what images show, as they are.
     *
     * @return the accuracy on the test images by the veil over them
     */
    static Map<Double, Double> learnContent(
            Classifier classifier, MemoryImages images, Training training)
            throws IOException, TranslateException {
        training.run(classifier, images.inBatches(BATCH), report -> {});
        Map<Double, Double> accuracies = new TreeMap<>();
        for (double veil : VEILS) {
            accuracies.put(veil, accuracy(classifier, images.test(), Lighting.veil(veil)));
        }
        return accuracies;
    }

    /**
     * Trains a net to tell which of the levels an image got by chance.
     *
     * @return the accuracy on the test images after each epoch
     */
    static List<Double> learnLevels(Classifier classifier, MemoryImages images, Training training)
            throws IOException, TranslateException {
        Preprocessing preprocessing = classifier.card().preprocessing();
        try (NDList train = withLevels(images.train(), preprocessing, training.seed());
                NDList test = withLevels(images.test(), preprocessing, ~training.seed())) {
            ImageData data =
                    new ImageData(
                            "levels",
                            classifier.card().classes(),
                            BATCH,
                            split(train).toTrain(BATCH),
                            split(test).toTest());
            return training.run(classifier, data, report -> {}).stream()
                    .map(EpochReport::testAccuracy)
                    .toList();
        }
    }

    private static MemoryImages.Split split(NDList imagesAndLevels) {
        return new MemoryImages.Split(imagesAndLevels.get(0), imagesAndLevels.get(1));
    }

    /** Gives every image a level by chance. */
    private static NDList withLevels(
            MemoryImages.Split images, Preprocessing preprocessing, long seed) {
        int count = Math.toIntExact(images.labels().size());
        long[] chosen = new Random(seed).ints(count, 0, LEVELS.size()).asLongStream().toArray();
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray level = images.labels().getManager().create(chosen);
            NDList lit = new NDList();
            NDList labels = new NDList();
            for (int i = 0; i < LEVELS.size(); i++) {
                NDArray mask = level.eq(i);
                lit.add(change(images.images().get(mask), preprocessing, LEVELS.get(i)));
                labels.add(level.get(mask));
            }
            NDList result = new NDList(NDArrays.concat(lit), NDArrays.concat(labels));
            NDScope.unregister(result);
            return result;
        }
    }

    private static double accuracy(
            Classifier classifier, MemoryImages.Split test, Lighting change) {
        long count = test.labels().size();
        long right = 0;
        for (long from = 0; from < count; from += ImageData.TEST_BATCH) {
            String batch = from + ":" + Math.min(count, from + ImageData.TEST_BATCH);
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                NDArray images =
                        change(test.images().get(batch), classifier.card().preprocessing(), change);
                right += right(classifier.model(), images, test.labels().get(batch));
            }
        }
        return right / (double) count;
    }

    private static long right(Model model, NDArray images, NDArray labels) {
        ParameterStore parameters = new ParameterStore(model.getNDManager(), false);
        NDArray scores =
                model.getBlock().forward(parameters, new NDList(images), false).singletonOrThrow();
        return scores.argMax(1).eq(labels).sum().getLong();
    }

    private static NDArray change(NDArray images, Preprocessing preprocessing, Lighting change) {
        return preprocessing.fromPixels(change.apply(preprocessing.pixels(images)));
    }
}
