package io.github.djlnorm.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormTest {

    private static final Shape SHAPE = new Shape(2, 4, 3);

    @Test
    void noneHasNoLayer() {
        assertThat(Norm.parse("none").newLayer()).isEmpty();
    }

    /**
     * Each norm takes the mean away from the slices that it is named for, and from no finer ones.
     */
    @ParameterizedTest
    @CsvSource({"layer, 4", "group:1, 4", "group:2, 2", "group:4, 1", "instance, 1"})
    void zeroMeanOverItsChannels(String name, int channels) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray output = forward(manager, Norm.parse(name));
            assertThat(largestMean(output, channels)).isCloseTo(0, within(1e-5));
            if (channels > 1) {
                assertThat(largestMean(output, channels / 2)).isGreaterThan(0.1);
            }
        }
    }

    @Test
    void batchHasZeroMeanOverTheBatchOnly() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray output = forward(manager, Norm.parse("batch"));
            assertThat(largestMean(output.swapAxes(0, 1), 2)).isCloseTo(0, within(1e-5));
            assertThat(largestMean(output, 1)).isGreaterThan(0.1);
        }
    }

    private static NDArray forward(NDManager manager, Norm norm) {
        Block layer = norm.newLayer().orElseThrow();
        layer.initialize(manager, DataType.FLOAT32, SHAPE);
        NDArray input = manager.arange(24f).pow(2).reshape(SHAPE);
        ParameterStore parameters = new ParameterStore(manager, false);
        return layer.forward(parameters, new NDList(input), true).singletonOrThrow();
    }

    private static double largestMean(NDArray output, int channels) {
        return output.reshape(-1, channels * SHAPE.get(2))
                .mean(new int[] {1})
                .abs()
                .max()
                .getFloat();
    }
}
