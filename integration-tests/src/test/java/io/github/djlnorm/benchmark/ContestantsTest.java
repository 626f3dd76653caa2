package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import io.github.djlnorm.internal.kernel.KernelChoice;
import io.github.djlnorm.torch.TorchFunction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A ratio means something only if both sides do the same work. */
class ContestantsTest {

    private static final float ROUNDING = 1e-5f;

    /** They are there for orientation. */
    private static final Set<Comparison> OTHER_NUMBERS =
            EnumSet.of(Comparison.COPY, Comparison.BATCH_NORM, Comparison.LAYER_NORM);

    @TempDir private Path folder;

    static Stream<Comparison> inThisProcess() {
        return layers().filter(c -> c.other().family() == Family.DJL);
    }

    static Stream<Comparison> withLibtorch() {
        return layers().filter(c -> c.other().family() == Family.LIBTORCH);
    }

    private static Stream<Comparison> layers() {
        return Arrays.stream(Comparison.values())
                .filter(c -> c.group() != Group.WHOLE_NETS && !OTHER_NUMBERS.contains(c));
    }

    @ParameterizedTest
    @MethodSource("inThisProcess")
    void bothContestantsComputeTheSame(Comparison comparison) {
        for (Input input : inputs(comparison)) {
            Trial ours = new Trial(comparison.ours(), comparison.work(), input);

            check(numbers(ours), numbers(ours.with(comparison.other())));
        }
    }

    @ParameterizedTest
    @MethodSource("withLibtorch")
    void libtorchInItsOwnProcessComputesTheSame(Comparison comparison) throws IOException {
        Assumptions.assumeTrue(
                DirectCall.missing().isEmpty(), () -> DirectCall.missing().orElseThrow());
        ChildJvm jvm = new ChildJvm(1, Optional.empty(), folder, folder.resolve("processes.log"));
        for (Input input : inputs(comparison)) {
            Trial ours = new Trial(comparison.ours(), comparison.work(), input);
            String theirs = jvm.run(Numbers.class, ours.with(comparison.other()));

            check(numbers(ours), List.of(new Gson().fromJson(theirs, float[][].class)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GROUP_NORM, FORWARD, 2x8x5x3/4",
        "GROUP_NORM, FORWARD, 2x8x5x3/4/channels-last",
        "INSTANCE_NORM, FORWARD, 2x8x5x3",
        "FROZEN_BATCH_NORM, FORWARD, 2x8x5x3",
        "CIFAR_RESNET, INFERENCE, 1x3x8x8",
        "CIFAR_RESNET_CHANNELS_LAST, INFERENCE, 1x3x8x8",
        "IMAGE_GENERATOR, INFERENCE, 1x3x8x8"
    })
    void oursInInferenceRunsTheKernelOfInference(Contestant contestant, Work work, String input) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                NDArray plain = manager.ones(new Shape(2, 8, 5, 3));
                Call call = new Trial(contestant, work, Input.parse(input)).open()) {
            assertThat(call.kernel()).isEqualTo(KernelChoice.nameFor(plain, null, null));
        }
    }

    @ParameterizedTest
    @CsvSource({"GROUP_NORM, BACKWARD, 2x8x5x3/4", "CIFAR_RESNET, STEP, 2x3x8x8"})
    void oursInTrainingRunsTheKernelOfTraining(Contestant contestant, Work work, String input) {
        try (Call call = new Trial(contestant, work, Input.parse(input)).open()) {
            assertThat(call.kernel()).isEqualTo("TorchKernel");
        }
    }

    @Test
    void netInChannelsLastMemoryComputesTheSame() {
        Trial net = new Trial(Contestant.CIFAR_RESNET, Work.INFERENCE, Input.parse("1x3x8x8"));

        check(numbers(net), numbers(net.with(Contestant.CIFAR_RESNET_CHANNELS_LAST)));
    }

    @Test
    void baselineIsNotAskedForAKernel() {
        Trial ours = new Trial(Contestant.GROUP_NORM, Work.FORWARD, Input.parse("2x8x5x3/4"));
        try (Call call = ours.open()) {
            assertThat(ours.kernel(call)).endsWith("Kernel");
            assertThat(ours.with(Contestant.BASELINE_GROUP_NORM).kernel(call)).isEmpty();
        }
    }

    @Test
    void channelsLastInputLiesSoInMemory() {
        Input input = Input.parse("2x8x5x3/4/channels-last");
        Trial trial = new Trial(Contestant.GROUP_NORM, Work.FORWARD, input);
        String asItLies = "def forward(self, x: Tensor):\n  return x.as_strided([240], [1])\n";
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray x = DjlCall.input(trial, manager);

            assertThat(x.toFloatArray()).containsExactly(Data.x(input));
            assertThat(TorchFunction.of(asItLies, Map.of()).call(x).get(0).toFloatArray())
                    .containsExactly(Data.channelsLast(Data.x(input), input.shape()));
        }
    }

    @Test
    void channelsLastPutsTheChannelsOfAPositionSideBySide() {
        Shape shape = new Shape(2, 2, 1, 3);
        float[] values = {0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112};

        assertThat(Data.channelsLast(values, shape))
                .containsExactly(0, 10, 1, 11, 2, 12, 100, 110, 101, 111, 102, 112);
        assertThat(Data.channelsLast(shape)).isEqualTo(new Shape(2, 1, 3, 2));
    }

    private static List<Input> inputs(Comparison comparison) {
        return comparison.rows().stream()
                .map(row -> row.aim().input().channelsLast() ? "/channels-last" : "")
                .distinct()
                .map(memory -> Input.parse("2x8x5x3/4" + memory))
                .toList();
    }

    private static List<float[]> numbers(Trial trial) {
        try (Call call = trial.open()) {
            return call.numbers();
        }
    }

    /** Numbers of all sizes come out of a deep network, so an array's largest is the measure. */
    private static void check(List<float[]> ours, List<float[]> others) {
        assertThat(others).hasSameSizeAs(ours);
        for (int i = 0; i < ours.size(); i++) {
            float[] expected = ours.get(i);
            assertThat(largest(expected)).isGreaterThan(0);
            assertThat(others.get(i))
                    .containsExactly(expected, within(ROUNDING * largest(expected)));
        }
    }

    static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** Prints the numbers of a trial, where it cannot be made in the test's process. */
    static final class Numbers {

        private Numbers() {}

        public static void main(String[] args) {
            System.out.println(new Gson().toJson(numbers(Trial.parse(args[0]))));
        }
    }
}
