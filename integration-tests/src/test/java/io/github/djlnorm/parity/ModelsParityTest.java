package io.github.djlnorm.parity;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.github.djlnorm.Norm;
import io.github.djlnorm.models.CifarResNet;
import io.github.djlnorm.models.ImageGenerator;
import io.github.djlnorm.models.UNet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The library's models against the same networks in real PyTorch. */
class ModelsParityTest {

    private static final String RESIDUAL_NETWORK =
            """
            class Conv(nn.Conv2d):
                standardized = False

                def forward(self, x):
                    weight = self.weight
                    if self.standardized:
                        var, mean = torch.var_mean(weight, (1, 2, 3), correction=0, keepdim=True)
                        weight = (weight - mean) / torch.sqrt(var + 1e-5)
                    return self._conv_forward(x, weight, self.bias)

            def conv(before, after, kernel, stride):
                return [Conv(before, after, kernel, stride, kernel // 2, bias=False),
                        norm(after)]

            class Residual(nn.Module):
                def __init__(self, before, after, stride):
                    super().__init__()
                    self.branch = nn.Sequential(
                        *conv(before, after, 3, stride), nn.ReLU(), *conv(after, after, 3, 1))
                    self.shortcut = nn.Identity() if stride == 1 else nn.Sequential(
                        *conv(before, after, 1, stride))

                def forward(self, x):
                    return torch.relu(self.branch(x) + self.shortcut(x))

            def network(w, outputs, blocks):
                stages = []
                for stage in range(3):
                    for i in range(blocks):
                        first = stage > 0 and i == 0
                        stages.append(Residual((w << stage) // (2 if first else 1), w << stage,
                                               2 if first else 1))
                return nn.Sequential(*conv(3, w, 3, 1), nn.ReLU(), *stages,
                                     nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                                     nn.Linear(4 * w, outputs))
            """;

    private static final String GENERATOR =
            """
            def conv(before, after, kernel, stride=1):
                return [nn.ReflectionPad2d(kernel // 2),
                        nn.Conv2d(before, after, kernel, stride, bias=False), norm(after)]

            class Residual(nn.Module):
                def __init__(self, width):
                    super().__init__()
                    self.branch = nn.Sequential(
                        *conv(width, width, 3), nn.ReLU(), *conv(width, width, 3))

                def forward(self, x):
                    return x + self.branch(x)

            class Generator(nn.Module):
                def __init__(self, w, blocks, outputs):
                    super().__init__()
                    self.net = nn.Sequential(
                        *conv(3, w, 9), nn.ReLU(), *conv(w, 2 * w, 3, 2), nn.ReLU(),
                        *conv(2 * w, 4 * w, 3, 2), nn.ReLU(),
                        *[Residual(4 * w) for _ in range(blocks)],
                        nn.Upsample(scale_factor=2), *conv(4 * w, 2 * w, 3), nn.ReLU(),
                        nn.Upsample(scale_factor=2), *conv(2 * w, w, 3), nn.ReLU(),
                        nn.ReflectionPad2d(4), nn.Conv2d(w, outputs, 9))

                def forward(self, x):
                    y = (torch.tanh(self.net(x)) + 1) / 2
                    return y[:, :, :x.shape[2], :x.shape[3]]
            """;

    @RegisterExtension static final RealPyTorch PYTORCH = new RealPyTorch();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "8  | 4 | 10 | group:2 | nn.GroupNorm(2, channels) | false",
                "14 | 2 | 3  | sync-batch | nn.BatchNorm2d(channels) | false",
                "8  | 4 | 10 | group:4 | nn.GroupNorm(4, channels) | true"
            })
    void residualNetworkEqualsItsModule(
            int layers, int width, int outputs, String norm, String module, boolean standardized) {
        Supplier<Block> net =
                CifarResNet.builder()
                                .setNumLayers(layers)
                                .setOutSize(outputs)
                                .setNorm(Norm.parse(norm))
                                .optWidth(width)
                                .optWeightStandardized(standardized)
                        ::build;

        check(
                net,
                RESIDUAL_NETWORK
                        + "norm = lambda channels: %s\nConv.standardized = %s"
                                .formatted(module, standardized ? "True" : "False"),
                new Shape(4, 3, 16, 16),
                "network(%d, %d, %d)".formatted(width, outputs, (layers - 2) / 6));
    }

    // An InstanceNorm after a residual block makes the gradient of the block's shift nothing but
    // rounding errors.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4 | 1 | 3 | 16 | 16 | group:2  | nn.GroupNorm(2, channels)",
                "2 | 0 | 1 | 13 | 10 | instance | nn.InstanceNorm2d(channels, affine=True)"
            })
    void generatorEqualsItsModule(
            int width,
            int blocks,
            int outputs,
            int height,
            int length,
            String norm,
            String module) {
        Supplier<Block> net =
                ImageGenerator.builder()
                                .setNorm(Norm.parse(norm))
                                .optWidth(width)
                                .optResidualBlocks(blocks)
                                .optOutChannels(outputs)
                        ::build;

        check(
                net,
                GENERATOR + "norm = lambda channels: " + module,
                new Shape(2, 3, height, length),
                "Generator(%d, %d, %d)".formatted(width, blocks, outputs));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4 | 2 | 5 | 16 | 12 | group:2  | nn.GroupNorm(2, channels)",
                "2 | 3 | 1 | 21 | 27 | instance | nn.InstanceNorm2d(channels, affine=True)",
                "2 | 1 | 2 | 7  | 6  | sync-batch | nn.BatchNorm2d(channels)"
            })
    void uNetEqualsItsModule(
            int width, int depth, int outputs, int height, int length, String norm, String module)
            throws IOException {
        Supplier<Block> net =
                UNet.builder()
                                .setNorm(Norm.parse(norm))
                                .optWidth(width)
                                .optDepth(depth)
                                .optOutChannels(outputs)
                        ::build;

        check(
                net,
                definitions("unet.py"),
                new Shape(2, 3, height, length),
                "UNet(%d, %d, %d, lambda channels: %s)".formatted(width, depth, outputs, module));
    }

    private static String definitions(String script) throws IOException {
        try (InputStream content = ModelsParityTest.class.getResourceAsStream(script)) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** In training, in float64; and as it is used, in float32 where nothing is recorded. */
    private void check(Supplier<Block> nets, String definitions, Shape input, String module) {
        BlockParity.of(nets.get())
                .type(DataType.FLOAT64)
                .allowing(1000)
                .define(definitions)
                .input(input)
                .check(PYTORCH.get(), module);
        BlockParity.of(nets.get())
                .allowing(20)
                .define(definitions)
                .evaluating()
                .withoutGradients()
                .input(input)
                .check(PYTORCH.get(), module);
    }
}
