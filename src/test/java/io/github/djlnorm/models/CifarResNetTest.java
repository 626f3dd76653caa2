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
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.Norm;
import io.github.djlnorm.testing.OnPyTorch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CifarResNetTest {

    private static final Shape IMAGES = new Shape(4, 3, 32, 32);

    /**
     * Counted by hand for 20 layers of widths 16, 32, 64: convolutions 432 + 6 * 2304 + (4608 + 5 *
     * 9216) + (18432 + 5 * 36864), shortcuts 512 + 2048, norms 2 * (7 * 16 + 7 * 32 + 7 * 64),
     * linear 650. He et al. give 0.27 and 0.85 million for 20 and 56 layers.
     */
    @ParameterizedTest
    @CsvSource({
        "20, batch, 272474",
        "20, group:32, 272474",
        "20, none, 271690",
        "56, batch, 855770"
    })
    void hasTheParametersOfThePaper(int layers, String norm, long parameters) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block net = net(layers, norm, manager);
            assertThat(
                            net.getParameters().values().stream()
                                    .filter(Parameter::requiresGradient)
                                    .mapToLong(p -> p.getShape().size())
                                    .sum())
                    .isEqualTo(parameters);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch", "group:8", "instance", "none"})
    void everyParameterLearns(String norm) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block net = net(8, norm, manager);
            NDArray images = manager.randomNormal(IMAGES);
            try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
                collector.backward(forward(net, images, true).square().sum());
            }
            net.getParameters()
                    .forEach(
                            pair -> {
                                if (pair.getValue().requiresGradient()) {
                                    assertThat(
                                                    pair.getValue()
                                                            .getArray()
                                                            .getGradient()
                                                            .abs()
                                                            .max()
                                                            .getFloat())
                                            .as(pair.getKey())
                                            .isPositive();
                                }
                            });
        }
    }

    @ParameterizedTest
    @CsvSource({"group:8, true", "instance, true", "none, true", "batch, false"})
    @OnPyTorch("MXNet's BatchNorm refuses training outside of a graph")
    void onlyBatchNormLooksAtTheOtherImages(String norm, boolean independent) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block net = net(8, norm, manager);
            NDArray images = manager.randomNormal(IMAGES);
            NDArray together = forward(net, images, true).get(0);
            NDArray alone = forward(net, images.get("0:1"), true).get(0);
            float difference = together.sub(alone).abs().max().getFloat();
            if (independent) {
                assertThat(difference).isCloseTo(0, within(1e-4f));
            } else {
                assertThat(difference).isGreaterThan(1e-2f);
            }
        }
    }

    @Test
    void imagesOfOtherSizesWork() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block net = net(8, "group:8", manager);
            assertThat(forward(net, manager.ones(new Shape(2, 3, 45, 27)), false).getShape())
                    .isEqualTo(new Shape(2, 10));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @OnPyTorch("MXNet's operators leave arrays behind")
    void aPassKeepsNothingButItsResult(boolean training) {
        try (NDManager manager = NDManager.newBaseManager();
                NDManager own = manager.newSubManager()) {
            Block net = net(20, "group:8", manager);
            NDArray images = own.randomNormal(IMAGES);
            NDArray scores = forward(net, images, training);
            assertThat(own.getManagedArrays()).containsExactlyInAnyOrder(images, scores);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void instanceNormOnOnePositionIsRefused(boolean training) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block net = net(8, "instance", manager);
            NDArray images = manager.randomNormal(new Shape(2, 3, 4, 4));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> forward(net, images, training))
                    .withMessageContaining(
                            "the statistics need more than one value per channel: expected 2 or"
                                    + " more values, got 1 value per channel in shape (2, 64, 1, 1)");
        }
    }

    @Test
    void anotherNumberOfLayersIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder(18, "batch").build())
                .withMessage(
                        "the number of layers must be 6n + 2: expected 8, 14, 20, 32, ..., got 18;"
                                + " call setNumLayers(20)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder(20, "batch").setOutSize(0).build())
                .withMessageContaining("the output size must not be below 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder(20, "group-exact:32").build())
                .withMessageContaining("expected a divisor of 16, got 32; use 16");
    }

    private static Block net(int layers, String norm, NDManager manager) {
        Block net = builder(layers, norm).build();
        net.initialize(manager, DataType.FLOAT32, IMAGES);
        return net;
    }

    private static CifarResNet.Builder builder(int layers, String norm) {
        return CifarResNet.builder().setNumLayers(layers).setOutSize(10).setNorm(Norm.parse(norm));
    }

    private static NDArray forward(Block net, NDArray images, boolean training) {
        ParameterStore store = new ParameterStore(images.getManager(), false);
        return net.forward(store, new NDList(images), training).singletonOrThrow();
    }
}
