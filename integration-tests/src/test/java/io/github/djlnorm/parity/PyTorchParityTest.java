package io.github.djlnorm.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.parity.cases.Grid;
import io.github.djlnorm.parity.implementations.BorderlineConfiguration;
import io.github.djlnorm.parity.python.PyTorch;
import io.github.djlnorm.parity.python.PyTorchSearch;
import io.github.djlnorm.parity.verdict.Cell;
import io.github.djlnorm.parity.verdict.ParityRun;
import io.github.djlnorm.parity.verdict.Tally;
import java.lang.module.ModuleDescriptor.Version;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The library's layers against real PyTorch. */
class PyTorchParityTest {

    private static final Shape SHAPE = new Shape(2, 12, 5, 7);

    private static PyTorchSearch search;

    private PyTorch torch;

    @BeforeAll
    static void start() {
        search = PyTorchSearch.run();
        search.torch().ifPresent(t -> System.out.println("comparing with PyTorch " + t.version()));
    }

    @AfterAll
    static void stop() {
        search.torch().ifPresent(PyTorch::close);
    }

    // For each test, so that each is counted as skipped.
    @BeforeEach
    void needPyTorch() {
        torch = RealPyTorch.orSkip(search);
    }

    @Test
    void isRecentEnoughToBeAMeasure() {
        assertThat(Version.parse(torch.version().replaceFirst("[^\\d.].*", "")))
                .isGreaterThanOrEqualTo(Version.parse("2.6"));
    }

    @Test
    void quickGridPasses() {
        ParityRun run = ParityRun.ofLibrary(Optional.of(torch));
        List<Cell> cells = run.run(Grid.quick(), done -> {});

        assertThat(cells.stream().filter(cell -> !cell.passed())).isEmpty();
        assertThat(run.tallies(Grid.quick(), cells)).hasSize(2).allMatch(Tally::isComplete);
    }

    @Test
    void rejectsWhatPyTorchRejects() {
        assertThat(BorderlineConfiguration.tryAll(Optional.of(torch)))
                .allMatch(BorderlineConfiguration.Answer::passed);
    }

    @Test
    void equalBlockPasses() {
        BlockParity.of(GroupNorm.builder().setNumGroups(4).build())
                .input(SHAPE)
                .input(new Shape(3, 12, 9))
                .check(torch, "nn.GroupNorm(4, 12)");
        BlockParity.of(InstanceNorm.builder().optTrackRunningStats(true).build())
                .input(SHAPE)
                .input(SHAPE)
                .check(torch, "nn.InstanceNorm2d(12, affine=True, track_running_stats=True)");
    }

    @Test
    void equalNetworkPasses() {
        SequentialBlock network =
                new SequentialBlock()
                        .add(Conv2d.builder().setFilters(8).setKernelShape(new Shape(3, 3)).build())
                        .add(GroupNorm.builder().setNumGroups(2).build())
                        .add(Activation.reluBlock());

        BlockParity.of(network)
                .parameter("01Conv2d_weight", "0.weight")
                .parameter("01Conv2d_bias", "0.bias")
                .parameter("02GroupNorm_gamma", "1.weight")
                .parameter("02GroupNorm_beta", "1.bias")
                .input(new Shape(2, 3, 6, 6))
                .evaluating()
                .check(torch, "nn.Sequential(nn.Conv2d(3, 8, 3), nn.GroupNorm(2, 8), nn.ReLU())");
    }

    @Test
    void deviationIsToldByQuantityPlaceAndSize() {
        BlockParity comparison =
                BlockParity.of(GroupNorm.builder().setNumGroups(4).optEpsilon(1e-3f).build())
                        .input(SHAPE);

        assertThatThrownBy(() -> comparison.check(torch, "nn.GroupNorm(4, 12)"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("GroupNorm does not equal nn.GroupNorm(4, 12)")
                .hasMessageMatching(
                        "(?s).*y at \\[\\d+, \\d+, \\d+, \\d+] is .*, exactly .*: .* ULP off .*,"
                                + " PyTorch's own error .* ULP, allowed .*")
                .hasMessageContaining("gradient of gamma at [");
    }

    @Test
    void unknownParameterIsNamed() {
        BlockParity comparison =
                BlockParity.of(new SequentialBlock().add(InstanceNorm.builder().build()))
                        .input(SHAPE);

        assertThatThrownBy(() -> comparison.check(torch, "nn.InstanceNorm2d(12)"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("call parameter(\"01InstanceNorm_gamma\", name)");
    }

    @Test
    void refusalOfPyTorchIsTold() {
        BlockParity comparison =
                BlockParity.of(GroupNorm.builder().setNumGroups(4).build()).input(SHAPE);

        assertThatThrownBy(() -> comparison.check(torch, "nn.GroupNorm(4, 16)"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PyTorch refuses nn.GroupNorm(4, 16)");
    }
}
