package io.github.djlnorm.samples.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.classification.ModelCard;
import io.github.djlnorm.samples.data.Preprocessing;
import io.github.djlnorm.samples.nets.Net;
import io.github.djlnorm.testing.Managed;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureNetTest {

    @Managed private NDManager manager;

    @Test
    void randomFiltersFollowFromTheSeed() {
        NDArray image = image(32);
        try (RandomFilters first = new RandomFilters(1, false);
                RandomFilters same = new RandomFilters(1, false);
                RandomFilters other = new RandomFilters(2, false)) {
            assertThat(first.style(image)).isEqualTo(same.style(image));
            assertThat(first.style(image).get(1)).isNotEqualTo(other.style(image).get(1));
        }
    }

    @Test
    void randomFiltersSeeColorsOnlyInTheFirstFeatures() {
        NDArray red = manager.zeros(new Shape(1, 3, 32, 32));
        red.set(new NDIndex("0, 0"), 1);
        try (RandomFilters net = new RandomFilters(1, false)) {
            List<NDArray> features = net.style(red);
            // Red, green and blue from -1 to 1, and one.
            assertThat(PerceptualLoss.gram(features.get(0)).toFloatArray())
                    .containsExactly(1, -1, -1, 1, -1, 1, 1, -1, -1, 1, 1, -1, 1, -1, -1, 1);
            assertThat(features).hasSize(10);
            features.subList(1, 10)
                    .forEach(f -> assertThat(f.max().getFloat()).isCloseTo(0, within(1e-5f)));
        }
    }

    @Test
    void contentForRandomFiltersIsWhereAnImageIsLighterOrDarker() {
        // Brightness 0.2 and 0.4: 0.1 from their mean, with a variance of 0.01.
        double deviation = 0.1 / Math.sqrt(0.01 + 0.001);
        assertContent(false, -deviation, deviation);
    }

    @Test
    void contentWithItsContrastIsBrightnessInQuarters() {
        assertContent(true, 0.8, 1.6);
    }

    private void assertContent(boolean keepContrast, double left, double right) {
        try (RandomFilters net = new RandomFilters(1, keepContrast)) {
            NDArray content = net.content(stripes());
            assertThat(content.getShape()).isEqualTo(new Shape(1, 1, 8, 8));
            for (int column = 0; column < 8; column++) {
                assertThat((double) content.getFloat(0, 0, 5, column))
                        .isCloseTo(column < 4 ? left : right, within(1e-5));
            }
        }
    }

    /** Dark on the left, light on the right, with fine stripes, and more blue than red. */
    private NDArray stripes() {
        int size = 32;
        float[] pixels = new float[3 * size * size];
        for (int i = 0; i < pixels.length; i++) {
            int color = i / (size * size);
            int column = i % size;
            float brightness = column < size / 2 ? 0.2f : 0.4f;
            pixels[i] = brightness + (column % 2 == 0 ? -0.1f : 0.1f) + 0.1f * (color - 1);
        }
        return manager.create(pixels, new Shape(1, 3, size, size));
    }

    @ParameterizedTest
    @CsvSource({"convnet, batch, 5", "convnet, instance, 5", "resnet:8, group:8, 4"})
    void classifierGivesGradientsToTheImageAndLearnsNothing(String net, String norm, int stages) {
        Classifier classifier = classifier(net, norm);
        Block block = classifier.model().getBlock();
        try (ClassifierFeatures features = new ClassifierFeatures(classifier)) {
            List<NDArray> before = values(block);
            NDArray image = image(32);
            image.setRequiresGradient(true);
            // TorchScript functions change after their first calls.
            for (int i = 0; i < 6; i++) {
                try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
                    List<NDArray> style = features.style(image);
                    assertThat(style).hasSize(stages);
                    collector.backward(style.get(stages - 1).square().sum());
                }
            }
            assertThat(image.getGradient().abs().sum().getFloat()).isPositive();
            assertThat(values(block)).isEqualTo(before);
            assertThat(block.getParameters().values())
                    .noneMatch(parameter -> parameter.getArray().hasGradient());
        }
    }

    @Test
    void classifierSeesImagesAsItDoesInPrediction() {
        try (Classifier classifier = classifier("convnet", "batch")) {
            Preprocessing preprocessing = classifier.card().preprocessing();
            NDArray image = manager.ones(new Shape(1, 3, 32, 32)).mul(0.5f);
            assertThat(preprocessing.fromPixels(image).get("0, :, 7, 9").toFloatArray())
                    .containsExactly(
                            new float[] {
                                (0.5f - 0.485f) / 0.229f,
                                (0.5f - 0.456f) / 0.224f,
                                (0.5f - 0.406f) / 0.225f
                            },
                            within(1e-6f));
        }
    }

    private static Classifier classifier(String net, String norm) {
        ModelCard card =
                new ModelCard(
                        Net.parse(net), Norm.parse(norm), List.of("a", "b"), new Preprocessing(32));
        Classifier classifier = new Classifier(card);
        classifier
                .model()
                .getBlock()
                .initialize(
                        classifier.model().getNDManager(),
                        DataType.FLOAT32,
                        new Shape(1, 3, 32, 32));
        return classifier;
    }

    private List<NDArray> values(Block block) {
        return block.getParameters().values().stream()
                .map(Parameter::getArray)
                .map(NDArray::duplicate)
                .toList();
    }

    private NDArray image(int size) {
        float[] values = new float[3 * size * size];
        IntStream.range(0, values.length).forEach(i -> values[i] = (i * 37 % 101) / 100f);
        return manager.create(values, new Shape(1, 3, size, size));
    }
}
