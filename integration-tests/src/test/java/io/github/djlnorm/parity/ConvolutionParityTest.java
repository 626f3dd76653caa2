package io.github.djlnorm.parity;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.github.djlnorm.FusedActivation;
import io.github.djlnorm.Norm;
import io.github.djlnorm.convolutional.ConvNorm;
import io.github.djlnorm.convolutional.ConvTranspose;
import io.github.djlnorm.convolutional.WeightStandardizedConv;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The library's convolutions, and stages of them, against real PyTorch. */
class ConvolutionParityTest {

    private static final String STANDARDIZED =
            """
            class Standard(nn.Module):
                def __init__(self, eps):
                    super().__init__()
                    self.eps = eps

                def forward(self, weight):
                    var, mean = torch.var_mean(
                        weight, list(range(1, weight.dim())), correction=0, keepdim=True)
                    return (weight - mean) / torch.sqrt(var + self.eps)

            class Standardized(nn.Conv2d):
                def __init__(self, eps, *args, **options):
                    super().__init__(*args, **options)
                    self.standard = Standard(eps)

                def forward(self, x):
                    return self._conv_forward(x, self.standard(self.weight), self.bias)
            """;

    @RegisterExtension static final RealPyTorch PYTORCH = new RealPyTorch();

    static Stream<Arguments> transposed() {
        return Stream.of(
                Arguments.of(
                        transposed(5).optStride(new Shape(3)).optOutPadding(new Shape(2)),
                        new Shape(2, 6, 9),
                        "nn.ConvTranspose1d(6, 8, 5, stride=3, output_padding=2)"),
                Arguments.of(
                        transposed(3, 3), new Shape(2, 6, 5, 7), "nn.ConvTranspose2d(6, 8, 3)"),
                Arguments.of(
                        transposed(3, 2)
                                .optStride(new Shape(2, 3))
                                .optPadding(new Shape(1, 0))
                                .optOutPadding(new Shape(1, 2))
                                .optGroups(2),
                        new Shape(2, 6, 5, 7),
                        "nn.ConvTranspose2d(6, 8, (3, 2), stride=(2, 3), padding=(1, 0),"
                                + " output_padding=(1, 2), groups=2)"),
                Arguments.of(
                        transposed(3, 3)
                                .optStride(new Shape(1, 2))
                                .optDilation(new Shape(2, 1))
                                .optBias(false),
                        new Shape(2, 6, 5, 7),
                        "nn.ConvTranspose2d(6, 8, 3, stride=(1, 2), dilation=(2, 1), bias=False)"),
                Arguments.of(
                        transposed(2, 3, 3)
                                .optStride(new Shape(2, 1, 2))
                                .optOutPadding(new Shape(1, 0, 1))
                                .optGroups(2),
                        new Shape(2, 6, 3, 4, 5),
                        "nn.ConvTranspose3d(6, 8, (2, 3, 3), stride=(2, 1, 2),"
                                + " output_padding=(1, 0, 1), groups=2)"));
    }

    private static ConvTranspose.Builder transposed(long... kernel) {
        return ConvTranspose.builder().setKernelShape(new Shape(kernel)).setFilters(8);
    }

    @ParameterizedTest
    @MethodSource("transposed")
    void transposedConvolutionEqualsPyTorchs(
            ConvTranspose.Builder builder, Shape input, String module) {
        BlockParity.of(builder.build()).input(input).check(PYTORCH.get(), module);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "group:4  | nn.GroupNorm(4, 8)",
                "instance | nn.InstanceNorm2d(8, affine=True)",
                "batch    | nn.BatchNorm2d(8)"
            })
    void stageEqualsConvolutionNormAndActivation(String norm, String layer) {
        ConvNorm stage = stage().setNorm(Norm.parse(norm)).optStride(new Shape(2, 1)).build();

        parity(stage, List.of("0.weight", "1.weight", "1.bias", "1.running_mean", "1.running_var"))
                .input(new Shape(2, 6, 7, 9))
                .check(
                        PYTORCH.get(),
                        "nn.Sequential(nn.Conv2d(6, 8, 3, (2, 1), 1, bias=False), %s, nn.ReLU())"
                                .formatted(layer));
    }

    @Test
    void transposedStageEqualsTransposedConvolutionNormAndActivation() {
        ConvNorm stage =
                stage().setNorm(Norm.instance())
                        .optTransposed(true)
                        .optStride(new Shape(2, 2))
                        .optOutPadding(new Shape(1, 1))
                        .build();

        parity(stage, List.of("0.weight", "1.weight", "1.bias"))
                .input(new Shape(2, 6, 5, 7))
                .check(
                        PYTORCH.get(),
                        "nn.Sequential(nn.ConvTranspose2d(6, 8, 3, 2, 1, 1, bias=False),"
                                + " nn.InstanceNorm2d(8, affine=True), nn.ReLU())");
    }

    private static ConvNorm.Builder stage() {
        return ConvNorm.builder().setKernelShape(new Shape(3, 3)).setFilters(8);
    }

    static Stream<Arguments> stages() {
        return Stream.of(
                Arguments.of(
                        ConvNorm.convGroupNorm(8, 4),
                        "nn.Conv2d(6, 8, 3, 1, 1, bias=False), nn.GroupNorm(4, 8), nn.ReLU()"),
                Arguments.of(
                        ConvNorm.convInstanceNorm(8),
                        "nn.Conv2d(6, 8, 3, 1, 1, bias=False), nn.InstanceNorm2d(8, affine=True),"
                                + " nn.ReLU()"),
                Arguments.of(
                        stage().setNorm(Norm.none()).optActivation(null).optBias(false).build(),
                        "nn.Conv2d(6, 8, 3, 1, 1, bias=False)"),
                Arguments.of(
                        stage().setNorm(Norm.group(2))
                                .optBias(true)
                                .optActivation(FusedActivation.TANH)
                                .build(),
                        "nn.Conv2d(6, 8, 3, 1, 1), nn.GroupNorm(2, 8), nn.Tanh()"),
                Arguments.of(
                        stage().setNorm(Norm.group(4))
                                .optGroups(2)
                                .optDilation(new Shape(2, 1))
                                .optPadding(new Shape(0, 2))
                                .optActivation(Activation::geluBlock)
                                .build(),
                        "nn.Conv2d(6, 8, 3, 1, (0, 2), (2, 1), 2, bias=False), nn.GroupNorm(4, 8),"
                                + " nn.GELU()"),
                Arguments.of(
                        stage().setNorm(Norm.group(4)).optWeightStandardized(true).build(),
                        "Standardized(1e-5, 6, 8, 3, 1, 1, bias=False), nn.GroupNorm(4, 8),"
                                + " nn.ReLU()"));
    }

    @ParameterizedTest
    @MethodSource
    void stages(ConvNorm stage, String modules) {
        BlockParity.of(stage)
                .define(STANDARDIZED)
                .input(new Shape(2, 6, 7, 9))
                .check(PYTORCH.get(), "nn.Sequential(%s)".formatted(modules));
    }

    static Stream<Arguments> standardized() {
        return Stream.of(
                Arguments.of(
                        standardized(3, 3)
                                .optStride(new Shape(2, 2))
                                .optPadding(new Shape(1, 1))
                                .optGroups(2)
                                .optBias(true),
                        new Shape(2, 6, 7, 9),
                        "Standardized(1e-5, 6, 8, 3, 2, 1, groups=2)"),
                Arguments.of(
                        standardized(3, 2).optDilation(new Shape(1, 2)).optEpsilon(1e-3f),
                        new Shape(2, 6, 7, 9),
                        "Standardized(1e-3, 6, 8, (3, 2), dilation=(1, 2), bias=False)"));
    }

    private static WeightStandardizedConv.Builder standardized(long... kernel) {
        return WeightStandardizedConv.builder().setKernelShape(new Shape(kernel)).setFilters(8);
    }

    @ParameterizedTest
    @MethodSource("standardized")
    void standardizedConvolutionEqualsItsFormula(
            WeightStandardizedConv.Builder builder, Shape input, String module) {
        BlockParity.of(builder.build())
                .define(STANDARDIZED)
                .input(input)
                .check(PYTORCH.get(), module);
    }

    @Test
    void standardizingFunctionEqualsItsFormula() {
        BlockParity.of(
                        LambdaBlock.singleton(
                                weight -> WeightStandardizedConv.standardize(weight, 1e-3f)))
                .define(STANDARDIZED)
                .input(new Shape(8, 6, 3, 3))
                .check(PYTORCH.get(), "Standard(1e-3)");
    }

    /** A comparison whose parameters are named in the block's order. */
    private static BlockParity parity(Block block, List<String> torchNames) {
        BlockParity parity = BlockParity.of(block);
        List<String> names = block.getParameters().keys();
        for (int i = 0; i < names.size(); i++) {
            parity.parameter(names.get(i), torchNames.get(i));
        }
        return parity;
    }
}
