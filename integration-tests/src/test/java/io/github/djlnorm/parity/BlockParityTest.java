package io.github.djlnorm.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import io.github.djlnorm.ConditionalInstanceNorm;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What equals its module passes, and nothing else does. */
class BlockParityTest {

    private static final Shape SHAPE = new Shape(2, 12, 5, 7);

    @RegisterExtension static final RealPyTorch PYTORCH = new RealPyTorch();

    @Test
    void equalBlockPasses() {
        BlockParity.of(GroupNorm.builder().setNumGroups(4).build())
                .input(SHAPE)
                .input(new Shape(3, 12, 9))
                .check(PYTORCH.get(), "nn.GroupNorm(4, 12)");
        BlockParity.of(InstanceNorm.builder().optTrackRunningStats(true).build())
                .input(SHAPE)
                .input(SHAPE)
                .check(
                        PYTORCH.get(),
                        "nn.InstanceNorm2d(12, affine=True, track_running_stats=True)");
    }

    @Test
    void equalNetworkPassesByOrderAndByName() {
        String module = "nn.Sequential(nn.Conv2d(3, 8, 3), nn.GroupNorm(2, 8), nn.ReLU())";
        Map<String, String> names =
                Map.of(
                        "01Conv2d_weight", "0.weight",
                        "01Conv2d_bias", "0.bias",
                        "02GroupNorm_gamma", "1.weight",
                        "02GroupNorm_beta", "1.bias");

        BlockParity.of(network())
                .input(new Shape(2, 3, 6, 6))
                .evaluating()
                .check(PYTORCH.get(), module);
        BlockParity.of(network())
                .names(names::get)
                .input(new Shape(2, 3, 6, 6))
                .check(PYTORCH.get(), module);
    }

    private static Block network() {
        return new SequentialBlock()
                .add(Conv2d.builder().setFilters(8).setKernelShape(new Shape(3, 3)).build())
                .add(GroupNorm.builder().setNumGroups(2).build())
                .add(Activation.reluBlock());
    }

    @Test
    void doubleAndHalfPrecisionAreCompared() {
        for (DataType type : List.of(DataType.FLOAT64, DataType.FLOAT16)) {
            BlockParity.of(GroupNorm.builder().setNumGroups(4).build())
                    .type(type)
                    .input(SHAPE)
                    .check(PYTORCH.get(), "nn.GroupNorm(4, 12)");
        }
    }

    @Test
    void severalInputsAndIntegersAreCompared() {
        BlockParity.of(ConditionalInstanceNorm.builder().setNumClasses(3).build())
                .parameter("gamma", "gamma.weight")
                .parameter("beta", "beta.weight")
                .inputs(BlockInput.values(SHAPE), BlockInput.integers(new Shape(2), 3))
                .define(
                        """
                        class Conditional(nn.Module):
                            def __init__(self):
                                super().__init__()
                                self.gamma = nn.Embedding(3, 12)
                                self.beta = nn.Embedding(3, 12)

                            def forward(self, x, label):
                                gamma, beta = self.gamma(label), self.beta(label)
                                y = nn.functional.instance_norm(x)
                                return y * gamma[:, :, None, None] + beta[:, :, None, None]
                        """)
                .check(PYTORCH.get(), "Conditional()");
    }

    @Test
    void severalOutputsAreCompared() {
        String two =
                """
                class Two(nn.Module):
                    def forward(self, x):
                        return x.relu(), x.tanh()
                """;
        ParallelBlock block =
                new ParallelBlock(
                        outputs ->
                                new NDList(
                                        outputs.stream()
                                                .map(NDList::singletonOrThrow)
                                                .toArray(NDArray[]::new)),
                        List.of(Activation.reluBlock(), Activation.tanhBlock()));

        BlockParity.of(block).define(two).input(SHAPE).check(PYTORCH.get(), "Two()");
        assertRejected(
                BlockParity.of(Activation.reluBlock()).define(two).input(SHAPE),
                "Two()",
                "the block has no output 1");
    }

    @Test
    void whatIsAllowedBesidesIsForRoundingOnly() {
        BlockParity inSingle =
                BlockParity.of(LambdaBlock.singleton(x -> x.div(3).mul(7)))
                        .withoutGradients()
                        .type(DataType.FLOAT64)
                        .input(SHAPE);
        String module =
                """
                class Rounded(nn.Module):
                    def forward(self, x):
                        return x * (7 / 3) * (1 + 2 ** -45)
                """;

        inSingle.define(module).allowing(300).check(PYTORCH.get(), "Rounded()");
        assertRejected(inSingle.allowing(100), "Rounded()", "ULP off", "allowed 100.00");
        assertThatThrownBy(() -> inSingle.allowing(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 0 or more, got -1.0");
    }

    @Test
    void aVectorIsMeasuredByItsLargestElement() {
        BlockParity.of(LambdaBlock.singleton(x -> x.sum(new int[] {1})))
                .input(new Shape(64, 999))
                .define(
                        """
                        class Total(nn.Module):
                            def forward(self, x):
                                return x.double().flip(1).sum(1).to(x.dtype)
                        """)
                .check(PYTORCH.get(), "Total()");
    }

    @Test
    void withoutGradientsNothingIsRecorded() {
        List<String> kernels = new ArrayList<>();
        String module = "nn.Sequential(nn.GroupNorm(4, 12))";

        BlockParity.of(telling(kernels))
                .evaluating()
                .withoutGradients()
                .input(SHAPE)
                .check(PYTORCH.get(), module);
        assertThat(kernels).last().isEqualTo("CpuKernel");
        BlockParity.of(telling(kernels)).evaluating().input(SHAPE).check(PYTORCH.get(), module);
        assertThat(kernels).last().isEqualTo("TorchKernel");
    }

    private static Block telling(List<String> kernels) {
        GroupNorm layer = GroupNorm.builder().setNumGroups(4).build();
        return new SequentialBlock()
                .add(layer)
                .add(
                        LambdaBlock.singleton(
                                x -> {
                                    kernels.add(layer.getKernel(x));
                                    return x;
                                }));
    }

    @Test
    void blockWithoutGradientIsCompared() {
        BlockParity.of(LambdaBlock.singleton(x -> x.argMax(1)))
                .withoutGradients()
                .input(new Shape(4, 9))
                .define(
                        """
                        class Best(nn.Module):
                            def forward(self, x):
                                return x.argmax(1)
                        """)
                .check(PYTORCH.get(), "Best()");
    }

    @Test
    void deviationIsToldByQuantityPlaceAndSize() {
        assertThatThrownBy(
                        () ->
                                BlockParity.of(
                                                GroupNorm.builder()
                                                        .setNumGroups(4)
                                                        .optEpsilon(1e-3f)
                                                        .build())
                                        .input(SHAPE)
                                        .check(PYTORCH.get(), "nn.GroupNorm(4, 12)"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("GroupNorm does not equal nn.GroupNorm(4, 12)")
                .hasMessageMatching(
                        "(?s).*y at \\[\\d+, \\d+, \\d+, \\d+] is .*, exactly .*: .* ULP off .*,"
                                + " PyTorch's own error .* ULP, allowed .*")
                .hasMessageContaining("gradient of gamma at [");
    }

    @Test
    void aParameterThatTheBlockLacksIsNamed() {
        for (long seed = 0; seed < 5; seed++) {
            assertRejected(
                    BlockParity.of(Linear.builder().setUnits(3).optBias(false).build())
                            .seed(seed)
                            .input(new Shape(2, 5)),
                    "nn.Linear(5, 3)",
                    "the block has no bias",
                    "the block has no gradient of bias");
        }
    }

    @Test
    void aParameterThatTheModuleLacksIsNamed() {
        assertThatThrownBy(
                        () ->
                                BlockParity.of(
                                                new SequentialBlock()
                                                        .add(InstanceNorm.builder().build()))
                                        .input(SHAPE)
                                        .check(PYTORCH.get(), "nn.InstanceNorm2d(12)"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected as many names for 01InstanceNorm_gamma")
                .hasMessageContaining("call parameter(\"01InstanceNorm_gamma\", name)");
    }

    @Test
    void whatIsLeftOutByNameIsNotMissed() {
        BlockParity.of(InstanceNorm.builder().build())
                .leaveOut("running_mean")
                .leaveOut("running_var")
                .input(SHAPE)
                .check(
                        PYTORCH.get(),
                        "nn.InstanceNorm2d(12, affine=True, track_running_stats=True)");
    }

    @Test
    void runningStatisticsThatTheBlockLacksAreNamed() {
        assertRejected(
                BlockParity.of(InstanceNorm.builder().build()).input(SHAPE),
                "nn.InstanceNorm2d(12, affine=True, track_running_stats=True)",
                "the block has no running_mean",
                "the block has no running_var");
    }

    @Test
    void randomModuleIsNoMeasure() {
        assertRejected(
                BlockParity.of(LambdaBlock.singleton(x -> x.div(2))).input(SHAPE),
                "nn.Dropout(0.5)",
                "y is no measure: PyTorch's own error is ");
        assertThatCode(
                        () ->
                                BlockParity.of(LambdaBlock.singleton(x -> x))
                                        .evaluating()
                                        .withoutGradients()
                                        .input(SHAPE)
                                        .check(PYTORCH.get(), "nn.Dropout(0.5)"))
                .doesNotThrowAnyException();
    }

    @Test
    void outputOfAnotherShapeFailsWithTheSameValuesToo() {
        assertRejected(
                BlockParity.of(LambdaBlock.singleton(x -> x.flatten())).input(SHAPE),
                "nn.Flatten()",
                "y has the shape (840), PyTorch's (2, 420)");
    }

    @Test
    void frozenBlockIsNoBlockThatTrains() {
        Block frozen = GroupNorm.builder().setNumGroups(4).build();
        frozen.freezeParameters(true);

        assertRejected(
                BlockParity.of(frozen).input(SHAPE),
                "nn.GroupNorm(4, 12)",
                "the block has no gradient of weight");
        assertRejected(
                BlockParity.of(GroupNorm.builder().setNumGroups(4).build()).input(SHAPE),
                "nn.GroupNorm(4, 12).requires_grad_(False)",
                "gradient of gamma has no counterpart in PyTorch");
    }

    @Test
    void djlsBatchNormWhoseMomentumIsAnotherFails() {
        assertRejected(
                BlockParity.of(BatchNorm.builder().optMomentum(0.5f).build()).input(SHAPE),
                "nn.BatchNorm2d(12)",
                "runningMean at [");
    }

    @Test
    void refusalOfPyTorchIsTold() {
        assertThatThrownBy(
                        () ->
                                BlockParity.of(GroupNorm.builder().setNumGroups(4).build())
                                        .input(SHAPE)
                                        .check(PYTORCH.get(), "nn.GroupNorm(4, 16)"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PyTorch refuses nn.GroupNorm(4, 16)");
    }

    private void assertRejected(BlockParity comparison, String module, String... messages) {
        assertThatThrownBy(() -> comparison.check(PYTORCH.get(), module))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(messages);
    }
}
