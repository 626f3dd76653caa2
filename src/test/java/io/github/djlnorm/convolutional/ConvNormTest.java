package io.github.djlnorm.convolutional;

import static io.github.djlnorm.convolutional.ConvolutionReference.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.AffineChannelNorm;
import io.github.djlnorm.Arrays64;
import io.github.djlnorm.FusedActivation;
import io.github.djlnorm.Norm;
import io.github.djlnorm.NormKind;
import io.github.djlnorm.Reference;
import io.github.djlnorm.Run;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConvNormTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void convolvesThenNormalizesThenActivates(int axes) {
        Shape in = new Shape(2, 3).addAll(all(axes, 5));
        Shape out = new Shape(2, 8).addAll(all(axes, 5));
        Shape weightShape = new Shape(8, 3).addAll(all(axes, 3));
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block =
                    ConvNorm.builder()
                            .setKernelShape(all(axes, 3))
                            .setFilters(8)
                            .setNorm(Norm.group(4))
                            .build();
            block.initialize(manager, DataType.FLOAT32, in);
            double[] x = Arrays64.normal(1, (int) in.size(), 0, 1);
            double[] w = Arrays64.normal(2, (int) weightShape.size(), 0, 1);
            double[] gamma = Arrays64.normal(3, 8, 1, 0.3);
            double[] beta = Arrays64.normal(4, 8, 0, 0.3);
            Run.set(block.getParameters().valueAt(0), w);
            Run.set(block.getParameters().valueAt(1), gamma);
            Run.set(block.getParameters().valueAt(2), beta);
            double[] convolved =
                    new ConvolutionReference(in, out, weightShape, 1, 1, 1, 1).small(x, w);
            Reference normalized =
                    new Reference(convolved, 2, 8, (int) out.size() / 16, 4, gamma, beta, 1e-5);
            Arrays64.assertClose(
                    "y",
                    Run.forward(
                            block,
                            Arrays64.array(manager, x, in, DataType.FLOAT32),
                            Run.EVALUATION),
                    DoubleStream.of(normalized.output).map(y -> Math.max(y, 0)).toArray(),
                    normalized.outputTerms,
                    8);
        }
    }

    @Test
    @OnPyTorch("MXNet's deconvolution takes other weights than DJL makes")
    void aTransposedBlockUpsamples() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block =
                    stage(Norm.instance())
                            .setKernelShape(new Shape(4, 4))
                            .optStride(new Shape(2, 2))
                            .optTransposed(true)
                            .build();
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 6, 6));
            NDArray y = Run.forward(block, manager.ones(new Shape(1, 3, 6, 6)), Run.EVALUATION);
            assertThat(names(block)).containsExactly("01ConvTranspose", "02InstanceNorm");
            assertThat(y.getShape()).isEqualTo(new Shape(1, 8, 12, 12));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "none, true",
        "batch, false",
        "frozen-batch, false",
        "group:4, false",
        "group-channels:4, false",
        "instance, false",
        "layer, true",
        "rms, true"
    })
    void theBiasIsOffWhereTheNormMakesItRedundant(String norm, boolean bias) {
        assertThat(convolution(stage(Norm.parse(norm)).build()).isIncludeBias()).isEqualTo(bias);
        assertThat(convolution(stage(Norm.parse(norm)).optBias(!bias).build()).isIncludeBias())
                .isEqualTo(!bias);
    }

    @ParameterizedTest
    @CsvSource({"3, 1, 1", "5, 1, 2", "1, 1, 0", "3, 2, 2", "4, 1, 1"})
    void thePaddingKeepsTheSizeByDefault(int kernel, int dilation, int padding) {
        Block block =
                stage(Norm.batch())
                        .setKernelShape(new Shape(kernel, kernel))
                        .optDilation(new Shape(dilation, dilation))
                        .build();
        assertThat(convolution(block).getPadding()).isEqualTo(new Shape(padding, padding));
    }

    @Test
    void noneLeavesOutNormAndActivation() {
        assertThat(names(stage(Norm.none()).optActivation(null).build()))
                .containsExactly("01Conv2d");
    }

    @Test
    void theActivationIsMadeAnewForEachBlock() {
        ConvNorm.Builder builder = stage(Norm.none()).optActivation(Activation::preluBlock);
        Block first = builder.build().getChildren().valueAt(1);
        assertThat(builder.build().getChildren().valueAt(1)).isNotSameAs(first);
    }

    @Test
    void thePresetsAreThoseOfTheField() {
        assertThat(names(ConvNorm.convGroupNorm(48, 32)))
                .containsExactly("01Conv2d", "02GroupNorm");
        assertThat(names(ConvNorm.convInstanceNorm(48)))
                .containsExactly("01Conv2d", "02InstanceNorm");
    }

    @Test
    void standardizedWeightsAreAnOption() {
        assertThat(names(stage(Norm.group(4)).optWeightStandardized(true).build()))
                .containsExactly("01WeightStandardizedConv", "02GroupNorm");
    }

    @ParameterizedTest
    @CsvSource({"group:4", "instance", "layer"})
    void theLayerOfTheNormAppliesAFusedActivation(String norm) {
        for (FusedActivation activation : FusedActivation.values()) {
            Block block = stage(Norm.parse(norm)).optActivation(activation).build();
            assertThat(block.getChildren().size()).isEqualTo(2);
            AffineChannelNorm layer = (AffineChannelNorm) block.getChildren().valueAt(1);
            assertThat(layer.getActivation()).contains(activation);
        }
    }

    @ParameterizedTest
    @CsvSource({"batch", "frozen-batch", "rms", "none"})
    void elsewhereItIsABlock(String norm) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = stage(Norm.parse(norm)).optActivation(FusedActivation.TANH).build();
            NDArray x = manager.randomNormal(new Shape(2, 3, 5, 5));
            block.initialize(manager, DataType.FLOAT32, x.getShape());
            int children = block.getChildren().size();

            double[] y = Arrays64.values(Run.forward(block, x, Run.EVALUATION));

            NDList before = new NDList(x);
            for (int i = 0; i < children - 1; i++) {
                Block child = block.getChildren().valueAt(i);
                before = new NDList(Run.forward(child, before, Run.EVALUATION));
            }
            double[] expected = Arrays64.values(before.head());
            Arrays.setAll(expected, i -> Math.tanh(expected[i]));
            assertThat(y).containsExactly(expected, within(1e-6));
        }
    }

    /** LeCun's activation, under a name that says something else, and a norm of its own kind. */
    @ParameterizedTest
    @CsvSource({"group:4, Tanh", "group:4, ReLU", "instance, Tanh", "batch, TANH"})
    void anyOtherBlockIsRunAsItIs(String norm, String name) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block =
                    stage(Norm.parse(norm))
                            .optActivation(
                                    () ->
                                            LambdaBlock.singleton(
                                                    y -> y.mul(2 / 3f).tanh().mul(1.7159f), name))
                            .build();
            Block plain = stage(Norm.parse(norm)).optActivation(null).build();
            NDArray x = manager.randomNormal(new Shape(2, 3, 5, 5));
            block.initialize(manager, DataType.FLOAT32, x.getShape());
            plain.initialize(manager, DataType.FLOAT32, x.getShape());
            NDArray weight =
                    plain.getChildren().valueAt(0).getParameters().get("weight").getArray();
            weight.copyTo(block.getChildren().valueAt(0).getParameters().get("weight").getArray());
            double[] normalized = Arrays64.values(Run.forward(plain, x, Run.EVALUATION));

            double[] y = Arrays64.values(Run.forward(block, x, Run.EVALUATION));

            Arrays.setAll(normalized, i -> 1.7159 * Math.tanh(2 * normalized[i] / 3));
            assertThat(y).containsExactly(normalized, within(1e-6));
        }
    }

    @Test
    void onePositionIsRefusedAsByTheLayer() {
        try (NDManager manager = NDManager.newBaseManager()) {
            for (boolean training : new boolean[] {true, false}) {
                for (Norm norm : new Norm[] {Norm.instance(), Norm.group(8)}) {
                    Block block = stage(norm).optPadding(new Shape(0, 0)).build();
                    NDArray x =
                            manager.randomNormal(
                                    new Shape(norm.kind() == NormKind.INSTANCE ? 2 : 1, 3, 3, 3));
                    block.initialize(manager, DataType.FLOAT32, x.getShape());
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> Run.forward(block, x, training))
                            .withMessageContaining("1 value per channel");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"group:4", "batch", "instance", "none"})
    @OnPyTorch("MXNet's BatchNorm refuses training outside of a graph")
    void onlyTheResultIsLeft(String norm) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.randomNormal(new Shape(2, 3, 5, 5));
            for (Supplier<Block> activation :
                    List.<Supplier<Block>>of(FusedActivation.RELU, Activation::geluBlock)) {
                for (boolean training : new boolean[] {true, false}) {
                    Block block = stage(Norm.parse(norm)).optActivation(activation).build();
                    block.initialize(manager, DataType.FLOAT32, x.getShape());
                    int before = manager.getManagedArrays().size();
                    Run.forward(block, x, training).toFloatArray();
                    assertThat(manager.getManagedArrays()).hasSize(before + 1);
                }
                Block block = stage(Norm.parse(norm)).optActivation(activation).build();
                block.initialize(manager, DataType.FLOAT32, x.getShape());
                int before = manager.getManagedArrays().size();
                ParameterStore store = new ParameterStore(manager, false);
                block.forward(store, new NDList(x), new NDList(), null); // as EasyTrain does
                assertThat(manager.getManagedArrays()).hasSize(before + 1);
            }
        }
    }

    @Test
    void anActivationThatReturnsItsInputLeavesItOpen() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.randomNormal(new Shape(2, 3, 5, 5));
            Block block = stage(Norm.group(4)).optActivation(Blocks::identityBlock).build();
            block.initialize(manager, DataType.FLOAT32, x.getShape());
            assertThat(Run.forward(block, x, Run.EVALUATION).toFloatArray()).hasSize(400);
            assertThat(x.toFloatArray()).hasSize(150);
        }
    }

    @Test
    void intermediateOutputsAreThereIfTheyAreAskedFor() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.randomNormal(new Shape(2, 3, 5, 5));
            SequentialBlock block = stage(Norm.group(4)).build().setReturnIntermediate(true);
            block.initialize(manager, DataType.FLOAT32, x.getShape());
            NDList all = block.forward(new ParameterStore(manager, false), new NDList(x), false);
            assertThat(all).hasSize(2);
        }
    }

    @Test
    void whatIsMissingIsNamed() {
        refused(ConvNorm.builder(), "a kernel must have 1, 2 or 3 spatial axes", "setKernelShape");
        refused(stage(Norm.batch()).setFilters(0), "the number of filters", "call setFilters");
        refused(stage(null), "a norm must be chosen", "call setNorm(Norm.group(32))");
    }

    @Test
    void whatDoesNotFitTogetherIsNamed() {
        refused(stage(Norm.instance().withAxis(-1)), "on axis 1", "leave out withAxis");
        refused(
                stage(Norm.batch()).optTransposed(true).optWeightStandardized(true),
                "a transposed convolution has no standardized weights",
                "leave out one of them");
        refused(
                stage(Norm.batch()).optOutPadding(new Shape(1, 1)),
                "only a transposed convolution has an output padding",
                "call optTransposed(true)");
        refused(
                stage(Norm.batch()).optStride(new Shape(2)),
                "stride must have the axes of the kernel",
                "one value for each spatial axis");
        refused(stage(Norm.groupExact(3)), "must divide the number of channels", "use 2 or 4");
    }

    private static void refused(ConvNorm.Builder builder, String rule, String fix) {
        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessageContaining(rule)
                .withMessageContaining(fix);
    }

    private static ConvNorm.Builder stage(Norm norm) {
        return ConvNorm.builder().setKernelShape(new Shape(3, 3)).setFilters(8).setNorm(norm);
    }

    private static Conv2d convolution(Block block) {
        return (Conv2d) block.getChildren().valueAt(0);
    }

    private static List<String> names(Block block) {
        return block.getChildren().keys();
    }
}
