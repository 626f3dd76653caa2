package io.github.djlnorm.samples;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.training.ParameterStore;
import ai.djl.translate.TranslateException;
import io.github.djlnorm.Norm;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What a normalization keeps of an image's lighting, in two tasks: telling what an image shows when
 * its lighting is not that of the training images, and telling the lighting itself.
 *
 * @param train the images to learn from
 * @param test the images to measure with
 * @param classes what they show, by label
 * @param training how each net is trained, but for the seed
 * @param batchSize images per training step
 */
record LightingStudy(
        ImageArrays train,
        ImageArrays test,
        List<String> classes,
        Training training,
        int batchSize) {

    /** The changes of the test images in the first task. */
    static final List<Lighting> CHANGES =
            List.of(
                    Lighting.veil(-0.9),
                    Lighting.veil(-0.75),
                    Lighting.veil(-0.5),
                    Lighting.veil(-0.25),
                    Lighting.NONE,
                    Lighting.veil(0.25),
                    Lighting.veil(0.5),
                    Lighting.veil(0.75),
                    Lighting.veil(0.9));

    /** The labels of the second task. */
    static final List<Lighting> LEVELS = Lighting.levels(5, 0.3);

    private static final int TEST_BATCH = 100;

    /**
     * Trains a net on images as they are.
     *
     * @return the accuracy on the test images by their change
     */
    Map<Lighting, Double> classify(Norm norm, int seed) throws IOException, TranslateException {
        try (Classifier classifier = new Classifier(card(LightingNet.unpadded(), norm, classes))) {
            train(classifier, train, test, seed);
            Map<Lighting, Double> accuracies = new LinkedHashMap<>();
            for (Lighting change : CHANGES) {
                accuracies.put(change, accuracy(classifier, change));
            }
            return accuracies;
        }
    }

    /**
     * Trains a net on images of which each got one of the levels by chance, to tell the level.
     *
     * @return the accuracy on the test images after each epoch
     */
    List<Double> tellLevel(Net net, Norm norm, int seed) throws IOException, TranslateException {
        List<String> names = LEVELS.stream().map(Lighting::name).toList();
        try (ImageArrays litTrain = withLevels(train, seed);
                ImageArrays litTest = withLevels(test, ~seed);
                Classifier classifier = new Classifier(card(net, norm, names))) {
            return train(classifier, litTrain, litTest, seed).stream()
                    .map(EpochReport::testAccuracy)
                    .toList();
        }
    }

    private List<EpochReport> train(
            Classifier classifier, ImageArrays from, ImageArrays until, int seed)
            throws IOException, TranslateException {
        ImageData data =
                new ImageData(
                        "study",
                        classifier.card().classes(),
                        from.dataset(batchSize, true),
                        until.dataset(TEST_BATCH, false));
        return new Training(training.epochs(), training.learningRate(), seed)
                .run(classifier, data, report -> {});
    }

    private double accuracy(Classifier classifier, Lighting change) {
        long right = 0;
        for (int from = 0; from < test.size(); from += TEST_BATCH) {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                ImageArrays batch = test.slice(from, Math.min(test.size(), from + TEST_BATCH));
                NDList input = new NDList(change.apply(batch.pixels()));
                right += right(classifier.model(), input, batch.labels());
            }
        }
        return right / (double) test.size();
    }

    private static long right(Model model, NDList input, NDArray labels) {
        ParameterStore parameters = new ParameterStore(model.getNDManager(), false);
        NDArray scores = model.getBlock().forward(parameters, input, false).singletonOrThrow();
        return scores.argMax(1).eq(labels).sum().getLong();
    }

    /** Gives every image a level by chance, which becomes its label. */
    private static ImageArrays withLevels(ImageArrays images, long seed) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray chosen =
                    images.labels()
                            .getManager()
                            .create(
                                    new Random(seed)
                                            .ints(images.size(), 0, LEVELS.size())
                                            .asLongStream()
                                            .toArray());
            NDList pixels = new NDList();
            NDList labels = new NDList();
            for (int level = 0; level < LEVELS.size(); level++) {
                NDArray mask = chosen.eq(level);
                pixels.add(LEVELS.get(level).apply(images.pixels().get(mask)));
                labels.add(chosen.get(mask));
            }
            ImageArrays lit = new ImageArrays(NDArrays.concat(pixels), NDArrays.concat(labels));
            NDScope.unregister(lit.pixels(), lit.labels());
            return lit;
        }
    }

    private static ModelCard card(Net net, Norm norm, List<String> classes) {
        return new ModelCard(net, norm, classes, ImageArrays.preprocessing(LightingNet.IMAGE_SIZE));
    }
}
