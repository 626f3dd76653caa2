package io.github.djlnorm.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.Norm;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UNetTest {

    private static final Shape IMAGES = new Shape(2, 3, 16, 16);

    @Managed private NDManager manager;

    /**
     * Counted by hand: two 3x3 convolutions a level down and up, 2x2 on the way up, 1x1 at the end;
     * with norms, a scale and a shift in place of the bias.
     */
    @ParameterizedTest
    @CsvSource({
        "1, 4, none, 476", // 56 + 38, 76 + 148, 34, 74 + 38, 12
        "1, 4, batch, 492", // 16 channels after 3x3 convolutions
        "2, 1, none, 1919" // 56 + 38, 76 + 148, 296 + 584, 132, 292 + 148, 34, 74 + 38, 3
    })
    void hasTheParametersOfItsLevels(int depth, int outChannels, String norm, long parameters) {
        Block net = net(builder(norm).optDepth(depth).optOutChannels(outChannels));
        long trained =
                net.getParameters().values().stream()
                        .filter(Parameter::requiresGradient)
                        .mapToLong(parameter -> parameter.getShape().size())
                        .sum();
        assertThat(trained).isEqualTo(parameters);
    }

    @ParameterizedTest
    @CsvSource({"16, 16", "4, 4", "17, 22", "5, 7"})
    @OnPyTorch("MXNet's deconvolution takes other weights than DJL makes")
    void theOutputHasTheSizeOfTheImage(int height, int width) {
        Block net = net(builder("group:2").optOutChannels(5));
        NDArray images = manager.randomNormal(new Shape(2, 3, height, width));
        assertThat(forward(net, images, false).getShape())
                .isEqualTo(new Shape(2, 5, height, width));
        assertThat(net.getOutputShapes(new Shape[] {images.getShape()}))
                .containsExactly(new Shape(2, 5, height, width));
    }

    /**
     * What is cut off below, and padded on the way up, must come in by the level's own channels.
     */
    @Test
    @OnPyTorch("MXNet's deconvolution takes other weights than DJL makes")
    void theLastRowAndColumnOfAnOddImageCount() {
        Block net = net(builder("none"));
        NDArray images = manager.randomNormal(new Shape(1, 3, 65, 65));
        NDArray changed = images.duplicate();
        changed.set(new NDIndex(":, :, 64, 64"), 50);
        NDArray difference = forward(net, images, false).sub(forward(net, changed, false)).abs();
        assertThat(difference.get("0, 0, 64, 64").getFloat()).isGreaterThan(1e-3f);
        assertThat(difference.get("0, 0, 0, 0").getFloat()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"group:2, true", "instance, true", "none, true", "batch, false"})
    @OnPyTorch("MXNet's BatchNorm refuses training outside of a graph")
    void onlyBatchNormLooksAtTheOtherImages(String norm, boolean independent) {
        Block net = net(builder(norm));
        NDArray images = manager.randomNormal(IMAGES);
        NDArray together = forward(net, images, true).get("0:1");
        NDArray alone = forward(net, images.get("0:1"), true);
        float difference = together.sub(alone).abs().max().getFloat();
        if (independent) {
            assertThat(difference).isCloseTo(0, within(1e-4f));
        } else {
            assertThat(difference).isGreaterThan(1e-2f);
        }
    }

    @Test
    @OnPyTorch("MXNet's deconvolution takes other weights than DJL makes")
    void aLoadedNetIsTheSavedOne() throws Exception {
        Block saved = net(builder("group:2"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        saved.saveParameters(new DataOutputStream(bytes));
        Block loaded = builder("group:2").build();
        loaded.loadParameters(
                manager, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        NDArray images = manager.randomNormal(IMAGES);
        assertThat(forward(loaded, images, false)).isEqualTo(forward(saved, images, false));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @OnPyTorch("MXNet's operators leave arrays behind")
    void aPassKeepsNothingButItsResult(boolean training) {
        Block net = net(builder("group:2"));
        try (NDManager own = manager.newSubManager()) {
            NDArray images = own.randomNormal(new Shape(1, 3, 11, 9));
            NDArray scores = forward(net, images, training);
            assertThat(own.getManagedArrays()).containsExactlyInAnyOrder(images, scores);
        }
    }

    @Test
    void aTooSmallImageIsRefused() {
        Block net = net(builder("group:2"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> forward(net, manager.ones(new Shape(1, 3, 3, 32)), false))
                .withMessage(
                        "an image must have a height and a width of 4 or more: expected shape"
                                + " (N, C, H, W), got (1, 3, 3, 32); call optDepth with less, or"
                                + " the network with a larger image");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> net.forward(store(), new NDList(manager.ones(new Shape(8))), false));
    }

    @Test
    void numbersOutOfTheirRangeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder("batch").optDepth(0).build())
                .withMessageContaining("expected a depth from 1 to 10, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder("batch").optDepth(10).optWidth(1 << 22).build())
                .withMessageContaining("got 10 for a width of 4194304");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder("batch").optWidth(0).build())
                .withMessageContaining("the width must not be below 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder("batch").optOutChannels(0).build())
                .withMessageContaining("the number of output channels must not be below 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UNet.builder().build())
                .withMessageContaining("a norm must be chosen");
    }

    private static UNet.Builder builder(String norm) {
        return UNet.builder().setNorm(Norm.parse(norm)).optWidth(2).optDepth(2);
    }

    private Block net(UNet.Builder builder) {
        Block net = builder.build();
        net.initialize(manager, DataType.FLOAT32, IMAGES);
        return net;
    }

    private ParameterStore store() {
        return new ParameterStore(manager, false);
    }

    private NDArray forward(Block net, NDArray images, boolean training) {
        ParameterStore store = new ParameterStore(images.getManager(), false);
        return net.forward(store, new NDList(images), training).singletonOrThrow();
    }
}
