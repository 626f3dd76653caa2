package io.github.djlnorm.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.Norm;
import io.github.djlnorm.testing.OnPyTorch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageGeneratorTest {

    @ParameterizedTest
    @CsvSource({"32, 32", "8, 8", "33, 30", "31, 17"})
    void theOutputIsAnImageOfTheInputsSize(int height, int width) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block net = net(Norm.instance(), manager);
            NDArray y = forward(net, manager.randomNormal(new Shape(2, 3, height, width)));
            assertThat(y.getShape()).isEqualTo(new Shape(2, 3, height, width));
            assertThat(y.min().getFloat()).isBetween(0f, 0.5f);
            assertThat(y.max().getFloat()).isBetween(0.5f, 1f);
        }
    }

    @Test
    void instanceNormTakesAwayContrastAndBrightness() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block net = net(Norm.instance(), manager);
            NDArray image = manager.randomUniform(0, 1, new Shape(1, 3, 16, 16));
            NDArray darkened = image.mul(0.5f).add(0.1f);
            assertThat(difference(forward(net, image), forward(net, darkened)))
                    .isCloseTo(0, within(2e-3f));
            Block plain = net(Norm.none(), manager);
            assertThat(difference(forward(plain, image), forward(plain, darkened)))
                    .isGreaterThan(1e-2f);
        }
    }

    @Test
    void aLoadedGeneratorIsTheSavedOne() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block saved = net(Norm.instance(), manager);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            saved.saveParameters(new DataOutputStream(bytes));
            Block loaded = builder(Norm.instance()).build();
            loaded.loadParameters(
                    manager, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
            NDArray image = manager.randomUniform(0, 1, new Shape(1, 3, 20, 20));
            assertThat(forward(loaded, image)).isEqualTo(forward(saved, image));
        }
    }

    @Test
    @OnPyTorch("MXNet's operators leave arrays behind")
    void trainingAndEvaluationGiveTheSameImageAndKeepNothingElse() {
        try (NDManager manager = NDManager.newBaseManager();
                NDManager own = manager.newSubManager()) {
            Block net = net(Norm.instance(), manager);
            NDArray image = own.randomUniform(0, 1, new Shape(1, 3, 18, 20));
            NDArray trained = forward(net, image);
            NDArray evaluated = forward(net, image, false);
            assertThat(evaluated).isEqualTo(trained);
            assertThat(own.getManagedArrays()).containsExactlyInAnyOrder(image, trained, evaluated);
        }
    }

    @Test
    void aTooSmallImageIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block net = net(Norm.instance(), manager);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> forward(net, manager.ones(new Shape(1, 3, 7, 32))))
                    .withMessage(
                            "an image must have a height and a width of 8 or more: expected shape"
                                    + " (N, C, H, W), got (1, 3, 7, 32); call the generator with a"
                                    + " larger image");
        }
    }

    @Test
    void numbersOutOfTheirRangeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder(Norm.batch()).optResidualBlocks(-1).build())
                .withMessageContaining("the number of residual blocks must not be below 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder(Norm.batch()).optOutChannels(0).build())
                .withMessageContaining("the number of output channels must not be below 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder(null).build())
                .withMessageContaining("a norm must be chosen");
    }

    private static Block net(Norm norm, NDManager manager) {
        Block net = builder(norm).build();
        net.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 32, 32));
        return net;
    }

    private static ImageGenerator.Builder builder(Norm norm) {
        return ImageGenerator.builder().setNorm(norm).optWidth(8).optResidualBlocks(2);
    }

    private static float difference(NDArray a, NDArray b) {
        return a.sub(b).abs().max().getFloat();
    }

    private static NDArray forward(Block net, NDArray images) {
        return forward(net, images, true);
    }

    private static NDArray forward(Block net, NDArray images, boolean training) {
        ParameterStore store = new ParameterStore(images.getManager(), false);
        return net.forward(store, new NDList(images), training).singletonOrThrow();
    }
}
