package io.github.djlnorm.samples.nets;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.Norm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnpaddedNetTest {

    private static final Shape SHAPE = new Shape(4, 3, 32, 32);

    @Test
    void instanceNormSeesNoLighting() {
        assertThat(change("unpadded", "instance")).isLessThan(1e-3);
    }

    /** Zeros around the image are a yardstick, and groups compare channels. */
    @ParameterizedTest
    @CsvSource({"convnet, instance", "unpadded, group:8", "unpadded, batch"})
    void othersSeeLighting(String net, String norm) {
        assertThat(change(net, norm)).isGreaterThan(0.02);
    }

    /** How far half the contrast and another brightness move the output, as a share of it. */
    private static double change(String name, String norm) {
        Engine.getInstance().setRandomSeed(3);
        try (NDManager manager = NDManager.newBaseManager()) {
            Block net = Net.parse(name).create(Norm.parse(norm), 10, 32);
            net.initialize(manager, DataType.FLOAT32, SHAPE);
            NDArray images = manager.randomUniform(0, 1, SHAPE);
            NDArray output = output(net, images);
            NDArray changed = output(net, images.mul(0.5).add(1.5));
            return changed.sub(output).norm().getFloat() / output.norm().getFloat();
        }
    }

    private static NDArray output(Block net, NDArray images) {
        ParameterStore parameters = new ParameterStore(images.getManager(), false);
        return net.forward(parameters, new NDList(images), false).singletonOrThrow();
    }
}
