package io.github.djlnorm.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.norm.BatchNorm;
import io.github.djlnorm.SyncBatchNorm;
import io.github.djlnorm.testing.GarbageCollection;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A batch in shards with SyncBatchNorm, beside the whole batch with DJL's BatchNorm. */
@OnPyTorch("autograd joins threads")
class SyncBatchNormInShardsTest {

    private static final int STEPS = 5;

    // Numbers that float holds exactly: where 1e-5f is said, DJL's BatchNorm adds 0.00000999999974.
    private static final float EPSILON = 0x1p-16f;
    private static final float MOMENTUM = 0.875f;

    @Managed private NDManager manager;

    static Stream<int[]> splits() {
        return Stream.of(
                new int[] {24},
                new int[] {12, 12},
                new int[] {17, 7},
                new int[] {1, 23},
                new int[] {5, 9, 2, 8},
                new int[] {24, 0},
                new int[] {0, 11, 0, 13},
                new int[] {2, 5, 1, 4, 3, 3, 1, 5});
    }

    @ParameterizedTest
    @MethodSource("splits")
    void inFloat64AllIsAsWithTheWholeBatch(int[] sizes) {
        assertClose(sharded(DataType.FLOAT64, sizes), whole(DataType.FLOAT64), 1e-13);
    }

    @ParameterizedTest
    @MethodSource("splits")
    void inFloat32AllIsAsWithTheWholeBatch(int[] sizes) {
        assertClose(sharded(DataType.FLOAT32, sizes), whole(DataType.FLOAT32), 1e-6);
    }

    @Test
    void twoTimesTheSameIsTheSameToTheBit() {
        int[] sizes = {5, 9, 2, 8};

        assertThat(sharded(DataType.FLOAT32, sizes).get("trained"))
                .isEqualTo(sharded(DataType.FLOAT32, sizes).get("trained"));
    }

    @Test
    void withoutAnExchangeItIsNotAsWithTheWholeBatch() {
        Map<String, double[]> plain = plain(DataType.FLOAT64).sharded(STEPS, 12, 12);

        assertThat(distance(plain.get("output"), whole(DataType.FLOAT64).get("output")))
                .isGreaterThan(0.01);
    }

    @Test
    void garbageCollectionsBetweenForwardAndBackwardLeaveTraining() {
        int rounds = 10;
        Map<String, double[]> undisturbed = sync(DataType.FLOAT32).sharded(rounds, 5, 9, 2, 8);
        Training training = sync(DataType.FLOAT32);

        Map<String, double[]> disturbed =
                training.run(
                        rounds,
                        new int[] {5, 9, 2, 8},
                        inputs -> {
                            List<NDList> outputs = Shards.forward(inputs, training::forward);
                            GarbageCollection.run();
                            return outputs;
                        });

        assertThat(disturbed.get("trained"))
                .doesNotContain(Double.NaN)
                .isEqualTo(undisturbed.get("trained"));
        assertThat(disturbed.get("running")).isEqualTo(undisturbed.get("running"));
    }

    private Map<String, double[]> whole(DataType type) {
        return plain(type).whole(STEPS);
    }

    private Map<String, double[]> sharded(DataType type, int... sizes) {
        return sync(type).sharded(STEPS, sizes);
    }

    private Training plain(DataType type) {
        return training(type, BatchNorm.builder().optEpsilon(EPSILON).optMomentum(MOMENTUM)::build);
    }

    private Training sync(DataType type) {
        return training(
                type, SyncBatchNorm.builder().optEpsilon(EPSILON).optMomentum(MOMENTUM)::build);
    }

    private Training training(DataType type, Supplier<Block> norm) {
        return new Training(manager, type, Training.net(manager, type, norm));
    }

    private static void assertClose(
            Map<String, double[]> actual, Map<String, double[]> expected, double limit) {
        assertThat(actual).containsOnlyKeys("output", "dx", "dp", "trained", "running");
        actual.forEach(
                (what, values) ->
                        assertThat(distance(values, expected.get(what)))
                                .as(what)
                                .isLessThan(limit));
    }

    /** The length of the difference beside the length of what was expected. */
    private static double distance(double[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double[] difference = new double[actual.length];
        Arrays.setAll(difference, i -> actual[i] - expected[i]);
        return length(difference) / length(expected);
    }

    private static double length(double[] vector) {
        return Math.sqrt(Arrays.stream(vector).map(value -> value * value).sum());
    }
}
