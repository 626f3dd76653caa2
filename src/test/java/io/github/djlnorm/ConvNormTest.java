package io.github.djlnorm;

import static io.github.djlnorm.ConvolutionReference.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import java.util.List;
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
            assertThat(names(block))
                    .containsExactly("01ConvTranspose", "02InstanceNorm", "03LambdaBlock");
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
                .containsExactly("01Conv2d", "02GroupNorm", "03LambdaBlock");
        assertThat(names(ConvNorm.convInstanceNorm(48)))
                .containsExactly("01Conv2d", "02InstanceNorm", "03LambdaBlock");
    }

    @Test
    void standardizedWeightsAreAnOption() {
        assertThat(names(stage(Norm.group(4)).optWeightStandardized(true).build()))
                .containsExactly("01WeightStandardizedConv", "02GroupNorm", "03LambdaBlock");
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
