package io.github.djlnorm.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ways of padding and upsampling, against where each pixel of the result comes from. */
class ResamplingTest {

    private static final int IMAGES = 2;
    private static final int CHANNELS = 3;

    static Stream<Arguments> reflections() {
        return Stream.of(
                arguments(8, 8, 4), arguments(9, 31, 4), arguments(5, 2, 1), arguments(2, 7, 1));
    }

    static Stream<Arguments> upsamplings() {
        return Stream.of(arguments(4, 4), arguments(3, 5), arguments(1, 7), arguments(9, 2));
    }

    @ParameterizedTest
    @MethodSource("reflections")
    void reflectionLeavesTheBorderSingle(int height, int width, int size) {
        IntUnaryOperator row = i -> mirrored(i - size, height);
        IntUnaryOperator column = i -> mirrored(i - size, width);
        Gathering expected =
                new Gathering(height, width, height + 2 * size, width + 2 * size, row, column);
        expected.check(x -> Resampling.reflect(x, size));
        expected.check(x -> Resampling.reflectBySlices(x, size));
    }

    private static int mirrored(int i, int length) {
        return i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i;
    }

    @ParameterizedTest
    @MethodSource("upsamplings")
    void upsamplingRepeatsEachPixel(int height, int width) {
        Gathering expected =
                new Gathering(height, width, 2 * height, 2 * width, i -> i / 2, i -> i / 2);
        expected.check(Resampling::upsample);
        expected.check(Resampling::upsampleByBroadcast);
    }

    /** A result whose every pixel is one of the input's, at a row and a column. */
    private record Gathering(
            int height,
            int width,
            int newHeight,
            int newWidth,
            IntUnaryOperator row,
            IntUnaryOperator column) {

        /** Values and gradients are small integers, whose sums are exact. */
        void check(UnaryOperator<NDArray> actual) {
            float[] x = integers(IMAGES * CHANNELS * height * width, 7);
            float[] upstream = integers(IMAGES * CHANNELS * newHeight * newWidth, 11);
            float[] y = new float[upstream.length];
            float[] dx = new float[x.length];
            for (int i = 0; i < y.length; i++) {
                int image = i / (newHeight * newWidth);
                int from = row.applyAsInt(i / newWidth % newHeight) * width;
                int source = image * height * width + from + column.applyAsInt(i % newWidth);
                y[i] = x[source];
                dx[source] += upstream[i];
            }
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray input = manager.create(x, new Shape(IMAGES, CHANNELS, height, width));
                input.setRequiresGradient(true);
                try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
                    NDArray output = actual.apply(input);
                    assertThat(output.getShape())
                            .isEqualTo(new Shape(IMAGES, CHANNELS, newHeight, newWidth));
                    assertThat(output.toFloatArray()).isEqualTo(y);
                    NDArray weights = manager.create(upstream, output.getShape());
                    collector.backward(output.mul(weights).sum());
                }
                assertThat(input.getGradient().toFloatArray()).isEqualTo(dx);
            }
        }

        private static float[] integers(int count, int factor) {
            float[] values = new float[count];
            IntStream.range(0, count).forEach(i -> values[i] = i * factor % 101);
            return values;
        }
    }
}
