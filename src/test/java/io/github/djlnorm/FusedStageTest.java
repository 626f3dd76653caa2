package io.github.djlnorm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.conversion.NormConversion;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A stage in one call, against DJL's own blocks one after the other. */
class FusedStageTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static ConvNorm.Builder stage(int axes, Norm norm) {
        return ConvNorm.builder()
                .setKernelShape(ConvolutionReference.all(axes, 3))
                .setFilters(8)
                .setNorm(norm);
    }

    static Stream<ConvNorm> fused() {
        return Stream.of(
                stage(1, Norm.group(4)).build(),
                stage(2, Norm.group(4)).build(),
                stage(3, Norm.group(4)).build(),
                stage(2, Norm.instance()).optBias(true).build(),
                stage(2, Norm.group(2)).optActivation(null).build(),
                stage(2, Norm.group(2)).optActivation(Activation::tanhBlock).build(),
                stage(2, Norm.layer()).optActivation(null).build(),
                stage(2, Norm.group(2))
                        .setKernelShape(new Shape(3, 2))
                        .optStride(new Shape(2, 1))
                        .optPadding(new Shape(0, 2))
                        .optDilation(new Shape(1, 2))
                        .optGroups(2)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("fused")
    void outputAndGradientsAreThoseOfTheChildren(ConvNorm block) {
        int axes = axes(block);
        NDArray x = manager.randomNormal(new Shape(3, 4).addAll(ConvolutionReference.all(axes, 7)));
        block.initialize(manager, DataType.FLOAT32, x.getShape());
        boolean layer = block.getChildren().valueAt(1) instanceof ChannelLayerNorm;
        assertThat(FusedStage.of(block).orElseThrow().takes(new NDList(x))).isEqualTo(!layer);
        SequentialBlock apart = new SequentialBlock().addAll(block.getChildren().values());

        List<float[]> together = gradients(block, x);
        List<float[]> oneByOne = gradients(apart, x);

        assertThat(together).hasSameSizeAs(oneByOne);
        for (int i = 0; i < together.size(); i++) {
            assertThat(together.get(i)).containsExactly(oneByOne.get(i));
        }
    }

    private static int axes(Block block) {
        return ((Convolution) block.getChildren().valueAt(0)).getKernelShape().dimension();
    }

    /** The output, and the gradients of a weighted sum of it in all parameters and the input. */
    private List<float[]> gradients(Block block, NDArray x) {
        NDArray input = x.duplicate();
        input.setRequiresGradient(true);
        ParameterStore store = new ParameterStore(manager, false);
        List<float[]> all = new ArrayList<>();
        try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
            collector.zeroGradients();
            // As EasyTrain calls it, with labels.
            NDArray y =
                    block.forward(store, new NDList(input), new NDList(), null).singletonOrThrow();
            NDArray weights =
                    manager.arange((int) y.size())
                            .toType(DataType.FLOAT32, false)
                            .sin()
                            .reshape(y.getShape());
            collector.backward(y.mul(weights).sum());
            all.add(y.toFloatArray());
        }
        all.add(input.getGradient().toFloatArray());
        block.getParameters()
                .values()
                .forEach(p -> all.add(p.getArray().getGradient().toFloatArray()));
        all.add(block.forward(store, new NDList(x), false).singletonOrThrow().toFloatArray());
        return all;
    }

    static Stream<Supplier<SequentialBlock>> apart() {
        return Stream.of(
                () -> stage(2, Norm.batch()).build(),
                () -> stage(2, Norm.none()).build(),
                () -> stage(2, Norm.rms()).build(),
                () -> stage(2, Norm.group(4)).optActivation(Activation::geluBlock).build(),
                () -> stage(2, Norm.group(4)).optWeightStandardized(true).build(),
                () -> stage(2, Norm.group(4)).optTransposed(true).build(),
                () -> stage(2, Norm.group(4)).build().add(Activation.reluBlock()),
                () -> stage(2, Norm.group(4)).build().setReturnIntermediate(true));
    }

    @ParameterizedTest
    @MethodSource("apart")
    void otherStagesGoChildByChild(Supplier<SequentialBlock> maker) {
        SequentialBlock block = maker.get();
        NDArray x = manager.randomNormal(new Shape(2, 4, 7, 7));
        block.initialize(manager, DataType.FLOAT32, x.getShape());
        assertThat(FusedStage.of(block)).isEmpty();
        SequentialBlock copy =
                new SequentialBlock()
                        .addAll(block.getChildren().values())
                        .setReturnIntermediate(block.isReturnIntermediate());
        ParameterStore store = new ParameterStore(manager, false);
        NDList actual = block.forward(store, new NDList(x), false);
        NDList expected = copy.forward(store, new NDList(x), false);
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i)).isEqualTo(expected.get(i));
        }
    }

    @Test
    void aConvertedStageIsFusedFromThenOn() {
        SequentialBlock block = stage(2, Norm.batch()).build();
        NormConversion.builder().setNorm(Norm.group(4)).build().convert(block);
        assertThat(FusedStage.of(block)).isPresent();
    }

    @Test
    void aStageWithoutAnActivationKeepsTheOneOfItsNorm() {
        SequentialBlock block =
                new SequentialBlock()
                        .add(stage(2, Norm.none()).build().getChildren().valueAt(0))
                        .add(
                                GroupNorm.builder()
                                        .setNumGroups(4)
                                        .optActivation(FusedActivation.RELU)
                                        .build());
        assertThat(FusedStage.of(block).orElseThrow().activation()).isEqualTo(FusedActivation.RELU);
        assertThat(FusedStage.of(block.add(Activation.tanhBlock()))).isEmpty();
    }

    @Test
    void oneValuePerGroupIsRefusedAsInTheLayer() {
        Block block = stage(2, Norm.group(8)).optPadding(new Shape(0, 0)).build();
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 4, 7, 7));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Run.forward(block, manager.ones(new Shape(1, 4, 3, 3)), false))
                .withMessageContaining("1 value per channel in shape (1, 8, 1, 1)");
    }

    @Test
    void onlyTheResultIsLeftBehind() {
        Block block = stage(2, Norm.group(4)).build();
        NDArray x = manager.randomNormal(new Shape(2, 4, 7, 7));
        block.initialize(manager, DataType.FLOAT32, x.getShape());
        int before = manager.getManagedArrays().size();
        Run.forward(block, x, Run.TRAINING);
        assertThat(manager.getManagedArrays()).hasSize(before + 1);
    }
}
