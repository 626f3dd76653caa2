package io.github.djlnorm.parity;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.github.djlnorm.Norm;
import io.github.djlnorm.convolutional.ConvNorm;
import io.github.djlnorm.convolutional.ConvTranspose;
import io.github.djlnorm.convolutional.WeightStandardizedConv;
import io.github.djlnorm.models.CifarResNet;
import io.github.djlnorm.parity.python.PyTorch;
import io.github.djlnorm.parity.python.PyTorchSearch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The library's convolutions, and what is built of them, against real PyTorch. */
class ConvolutionParityTest {

    private static PyTorchSearch search;

    private PyTorch torch;

    @BeforeAll
    static void start() {
        search = PyTorchSearch.run();
    }

    @AfterAll
    static void stop() {
        search.torch().ifPresent(PyTorch::close);
    }

    @BeforeEach
    void needPyTorch() {
        torch = RealPyTorch.orSkip(search);
    }

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
        BlockParity.of(builder.build()).input(input).check(torch, module);
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
                        torch,
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
                        torch,
                        "nn.Sequential(nn.ConvTranspose2d(6, 8, 3, 2, 1, 1, bias=False),"
                                + " nn.InstanceNorm2d(8, affine=True), nn.ReLU())");
    }

    private static ConvNorm.Builder stage() {
        return ConvNorm.builder().setKernelShape(new Shape(3, 3)).setFilters(8);
    }

    @Test
    void standardizedConvolutionEqualsItsFormula() {
        WeightStandardizedConv convolution =
                WeightStandardizedConv.builder()
                        .setKernelShape(new Shape(3, 3))
                        .setFilters(8)
                        .optStride(new Shape(2, 2))
                        .optPadding(new Shape(1, 1))
                        .optGroups(2)
                        .optBias(true)
                        .build();

        BlockParity.of(convolution)
                .input(new Shape(2, 6, 7, 9))
                .define(
                        """
                        class Standardized(nn.Conv2d):
                            def forward(self, x):
                                var, mean = torch.var_mean(
                                    self.weight, (1, 2, 3), correction=0, keepdim=True)
                                weight = (self.weight - mean) / torch.sqrt(var + 1e-5)
                                return self._conv_forward(x, weight, self.bias)
                        """)
                .check(torch, "Standardized(6, 8, 3, stride=2, padding=1, groups=2)");
    }

    @Test
    void residualNetworkEqualsItsModule() {
        Block net =
                CifarResNet.builder()
                        .setNumLayers(8)
                        .setOutSize(10)
                        .setNorm(Norm.group(2))
                        .optWidth(4)
                        .build();
        List<String> names = new ArrayList<>(List.of("0.weight", "1.weight", "1.bias"));
        for (int stage = 3; stage <= 5; stage++) {
            for (String name :
                    List.of("0.weight", "1.weight", "1.bias", "3.weight", "4.weight", "4.bias")) {
                names.add(stage + ".branch." + name);
            }
            if (stage > 3) {
                for (String name : List.of("0.weight", "1.weight", "1.bias")) {
                    names.add(stage + ".shortcut." + name);
                }
            }
        }
        names.addAll(List.of("8.weight", "8.bias"));
        assertThat(net.getParameters()).hasSameSizeAs(names);

        parity(net, names)
                .input(new Shape(2, 3, 16, 16))
                .define(
                        """
                        def conv(before, after, kernel, stride):
                            return [nn.Conv2d(before, after, kernel, stride, kernel // 2, bias=False),
                                    nn.GroupNorm(2, after)]

                        class Residual(nn.Module):
                            def __init__(self, before, after, stride):
                                super().__init__()
                                self.branch = nn.Sequential(
                                    *conv(before, after, 3, stride), nn.ReLU(),
                                    *conv(after, after, 3, 1))
                                self.shortcut = nn.Identity() if stride == 1 else nn.Sequential(
                                    *conv(before, after, 1, stride))

                            def forward(self, x):
                                return torch.relu(self.branch(x) + self.shortcut(x))
                        """)
                .check(
                        torch,
                        "nn.Sequential(*conv(3, 4, 3, 1), nn.ReLU(), Residual(4, 4, 1),"
                                + " Residual(4, 8, 2), Residual(8, 16, 2),"
                                + " nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10))");
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
