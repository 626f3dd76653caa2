package io.github.djlnorm.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.Norm;
import io.github.djlnorm.testing.Managed;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose the arrays are that a conversion makes and makes superfluous. */
class ConversionArraysTest {

    private static final Shape IMAGES = new Shape(2, 2, 2);

    @Managed private NDManager manager;

    @ParameterizedTest
    @ValueSource(strings = {"group:2", "instance", "frozen-batch", "sync-batch", "layer"})
    void aConversionLeavesTheArraysOfTheNewLayersAndNoOthers(String norm) {
        BatchNorm first = BlocksHoldingLayers.batchNorm();
        SequentialBlock net =
                initialized(new SequentialBlock().add(first).add(BlocksHoldingLayers.batchNorm()));
        List<NDArray> old = arrays(net);

        to(norm).convert(net);

        assertThat(old).hasSize(8).allMatch(NDArray::isReleased);
        assertThat(first.getDirectParameters().values()).noneMatch(Parameter::isInitialized);
        assertThat(manager.getManagedArrays()).containsExactlyInAnyOrderElementsOf(arrays(net));
    }

    @Test
    void aPlanLeavesNoArrays() {
        SequentialBlock net =
                initialized(new SequentialBlock().add(BlocksHoldingLayers.batchNorm()));

        to("group:2").plan(net);

        assertThat(manager.getManagedArrays()).containsExactlyInAnyOrderElementsOf(arrays(net));
        assertThat(arrays(net)).hasSize(4).noneMatch(NDArray::isReleased);
    }

    @ParameterizedTest
    @ValueSource(strings = {"group:2", "instance", "frozen-batch"})
    void newParametersOutliveTheScopeOfTheCaller(String norm) {
        SequentialBlock net =
                initialized(new SequentialBlock().add(BlocksHoldingLayers.batchNorm()));
        NDArray x = manager.create(new float[] {1, 3, 1, 3, 5, 9, 5, 9}, IMAGES);
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            to(norm).plan(net);
            to(norm).convert(net);
        }

        assertThat(arrays(net)).noneMatch(NDArray::isReleased);
        // Means 2 and 7 with standard deviations 1 and 2; a frozen layer's are 0 and 1.
        float[] expected =
                norm.equals("frozen-batch")
                        ? new float[] {1, 3, 1, 3, 5, 9, 5, 9}
                        : new float[] {-1, 1, -1, 1, -1, 1, -1, 1};
        assertThat(forward(net, x).toFloatArray()).containsExactly(expected, within(1e-4f));
    }

    @Test
    void newParametersAreTrainedAfterTheScopeOfTheCaller() {
        SequentialBlock net =
                initialized(new SequentialBlock().add(BlocksHoldingLayers.batchNorm()));
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            to("group:2").convert(net);
        }
        NDArray beta = net.getParameters().get("01GroupNorm_beta").getArray();

        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray y = forward(net, manager.ones(IMAGES));
            collector.backward(y.sum());
        }

        // 2 images of 2 positions for each channel.
        assertThat(beta.getGradient().toFloatArray()).containsExactly(4, 4);
    }

    @Test
    void whatWasMadeInTheScopeOfTheCallerStaysThere() {
        SequentialBlock net =
                initialized(new SequentialBlock().add(BlocksHoldingLayers.batchNorm()));
        NDArray own;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            own = manager.ones(IMAGES);
            to("group:2").convert(net);
            assertThat(own.isReleased()).isFalse();
        }

        assertThat(own.isReleased()).isTrue();
    }

    @Test
    void aModelThatIsABatchNormKeepsItsArrays() {
        BatchNorm model = initialized(BlocksHoldingLayers.batchNorm());

        to("group:2").convert(model);

        assertThat(arrays(model)).hasSize(4).noneMatch(NDArray::isReleased);
    }

    @Test
    void aLayerThatStaysKeepsItsArrays() {
        BatchNorm captured = BlocksHoldingLayers.batchNorm();
        SequentialBlock net =
                new SequentialBlock()
                        .add(captured)
                        .add(x -> captured.forward(new ParameterStore(), x, false))
                        .add(BlocksHoldingLayers.batchNorm());
        initialized(net);
        List<NDArray> replaced = arrays(net.getChildren().get("03BatchNorm"));

        partially("group:2").convert(net);

        assertThat(replaced).hasSize(4).allMatch(NDArray::isReleased);
        assertThat(arrays(captured)).hasSize(4).noneMatch(NDArray::isReleased);
    }

    @Test
    void whatTheModelGoesOnUsingIsNotReleased() {
        BatchNorm layer = initialized(BlocksHoldingLayers.batchNorm());
        Parameter gamma = layer.getDirectParameters().get("gamma");
        NDArray beta = layer.getDirectParameters().get("beta").getArray();
        NDArray mean = layer.getDirectParameters().get("runningMean").getArray();
        NDArray variance = layer.getDirectParameters().get("runningVar").getArray();
        // A layer of the same mean that stays, since a function captured it.
        BatchNorm sharing = BlocksHoldingLayers.batchNorm();
        sharing.getDirectParameters().get("runningMean").setArray(mean);
        SequentialBlock net =
                new SequentialBlock()
                        .add(layer)
                        .addSingleton(x -> x.add(gamma.getArray().sum()))
                        .addSingleton(x -> x.add(beta.sum()))
                        .add(sharing)
                        .add(x -> sharing.forward(new ParameterStore(), x, false));

        partially("group:2").convert(net);

        assertThat(net.getChildren().keys()).startsWith("01GroupNorm").contains("04BatchNorm");
        assertThat(List.of(gamma.getArray(), beta, mean)).noneMatch(NDArray::isReleased);
        assertThat(variance.isReleased()).isTrue();
    }

    @Test
    void nothingIsReleasedWhereAFunctionCannotBeLookedInto() {
        BatchNorm layer = BlocksHoldingLayers.batchNorm();
        Function<NDList, NDList> run = x -> layer.forward(new ParameterStore(), x, false);
        SequentialBlock net = new SequentialBlock().add(layer).add(run.andThen(x -> x));
        initialized(net);

        partially("group:2").convert(net);

        assertThat(net.getChildren().keys()).startsWith("01GroupNorm");
        assertThat(arrays(layer)).hasSize(4).noneMatch(NDArray::isReleased);
    }

    @Test
    void aConversionThatFailsReleasesNothingButWhatItMade() {
        SequentialBlock net =
                new SequentialBlock()
                        .add(BlocksHoldingLayers.batchNorm())
                        .add(new BlocksHoldingLayers.InList(BlocksHoldingLayers.Stubborn::new));
        initialized(net);
        List<NDArray> before = arrays(net);

        assertThatThrownBy(() -> to("group:2").convert(net)).hasMessage("stubborn");

        assertThat(before).hasSize(8).noneMatch(NDArray::isReleased);
        assertThat(manager.getManagedArrays()).containsExactlyInAnyOrderElementsOf(before);
    }

    private static NormConversion to(String norm) {
        return NormConversion.builder().setNorm(Norm.parse(norm)).build();
    }

    private static NormConversion partially(String norm) {
        return NormConversion.builder().setNorm(Norm.parse(norm)).optPartial(true).build();
    }

    private <B extends Block> B initialized(B block) {
        block.initialize(manager, DataType.FLOAT32, IMAGES);
        return block;
    }

    private static List<NDArray> arrays(Block block) {
        return block.getParameters().values().stream().map(Parameter::getArray).toList();
    }

    private static NDArray forward(Block block, NDArray x) {
        ParameterStore store = new ParameterStore(x.getManager(), false);
        return block.forward(store, new NDList(x), true).singletonOrThrow();
    }
}
