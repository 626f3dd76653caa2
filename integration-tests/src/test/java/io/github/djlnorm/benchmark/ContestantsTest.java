package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A ratio means something only if both sides do the same work. */
class ContestantsTest {

    private static final String SHAPE = "2x8x5x3";
    private static final int GROUPS = 4;
    private static final float ROUNDING = 1e-5f;

    static Stream<Comparison> inThisProcess() {
        return sameNumbers().filter(comparison -> !needsLibtorch(comparison));
    }

    static Stream<Comparison> withLibtorch() {
        return sameNumbers().filter(ContestantsTest::needsLibtorch);
    }

    private static Stream<Comparison> sameNumbers() {
        return Arrays.stream(Comparison.values()).filter(Comparison::sameNumbers);
    }

    private static boolean needsLibtorch(Comparison comparison) {
        return comparison.ours().isDirect() || comparison.other().isDirect();
    }

    @ParameterizedTest
    @MethodSource("inThisProcess")
    void bothContestantsComputeTheSame(Comparison comparison) throws IOException {
        Trial ours = ours(comparison);

        check(numbers(ours), numbers(ours.with(comparison.other())));
    }

    @ParameterizedTest
    @MethodSource("withLibtorch")
    void libtorchInItsOwnProcessComputesTheSame(Comparison comparison) throws IOException {
        Assumptions.assumeTrue(
                DirectCall.missing().isEmpty(), () -> DirectCall.missing().orElseThrow());
        bothContestantsComputeTheSame(comparison);
    }

    private static Trial ours(Comparison comparison) {
        Trial measured = comparison.rows(Size.QUICK).get(0).ours();
        Shape shape = Trial.shape(SHAPE);
        boolean byChannel = measured.groups() == measured.channels();
        return measured.with(shape, byChannel ? Math.toIntExact(shape.get(1)) : GROUPS);
    }

    private static List<float[]> numbers(Trial trial) throws IOException {
        return trial.contestant().isDirect()
                ? List.of(
                        new Gson().fromJson(ChildJvm.run(1, Numbers.class, trial), float[][].class))
                : numbersHere(trial);
    }

    private static List<float[]> numbersHere(Trial trial) {
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

    private static float largest(float[] values) {
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
            System.out.println(new Gson().toJson(numbersHere(Trial.of(args))));
        }
    }
}
