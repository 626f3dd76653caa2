package io.github.djlnorm;

import static io.github.djlnorm.Arrays64.array;
import static io.github.djlnorm.Arrays64.assertClose;
import static io.github.djlnorm.Arrays64.normal;
import static io.github.djlnorm.Run.EVALUATION;
import static io.github.djlnorm.Run.TRAINING;
import static io.github.djlnorm.Run.forward;
import static io.github.djlnorm.Run.initialized;
import static io.github.djlnorm.Run.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.Arrays;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunningStatisticsTest {

    private static final int INSTANCES = 3;
    private static final int CHANNELS = 4;
    private static final int POSITIONS = 6;
    private static final float EPSILON = 1e-5f;

    @Managed private NDManager manager;

    @ParameterizedTest
    @ValueSource(floats = {0, 0.9f, 1})
    void trainingMovesThemTowardsTheBatch(float momentum) {
        InstanceNorm layer = tracking(InstanceNorm.builder().optMomentum(momentum));
        double[] mean = new double[CHANNELS];
        double[] variance = {1, 1, 1, 1};

        for (int step = 0; step < 3; step++) {
            double[] x = normal(20 + step, INSTANCES * CHANNELS * POSITIONS, 2, 3);
            forward(layer, input(x), TRAINING);
            for (int c = 0; c < CHANNELS; c++) {
                double[] batch = averageMeanAndUnbiasedVariance(x, c);
                mean[c] = momentum * mean[c] + (1 - momentum) * batch[0];
                variance[c] = momentum * variance[c] + (1 - momentum) * batch[1];
            }
        }

        assertClose("mean", running(layer, "runningMean"), mean, new double[] {4, 4, 4, 4}, 4);
        assertClose(
                "var", running(layer, "runningVar"), variance, new double[] {16, 16, 16, 16}, 4);
    }

    /** By hand: (1, 3) has mean 2 and unbiased variance 2; (5, 5) has mean 5 and variance 0. */
    @Test
    void oneStepByHand() {
        InstanceNorm layer =
                InstanceNorm.builder().optTrackRunningStats(true).optMomentum(0.75f).build();
        initialized(layer, manager, 2, 1, 2);

        forward(layer, manager.create(new float[] {1, 3, 5, 5}, new Shape(2, 1, 2)), TRAINING);

        // mean: 0.75 * 0 + 0.25 * (2 + 5) / 2; variance: 0.75 * 1 + 0.25 * (2 + 0) / 2
        assertThat(values(layer, "runningMean")[0]).isCloseTo(0.875, within(1e-7));
        assertThat(values(layer, "runningVar")[0]).isCloseTo(1.0, within(1e-7));
    }

    @Test
    void aVarianceFarBelowEpsilonIsKeptExactly() {
        InstanceNorm layer = tracking(InstanceNorm.builder().optMomentum(0));
        double[] x = normal(30, INSTANCES * CHANNELS * POSITIONS, 0, 1e-6);

        forward(layer, input(x), TRAINING);

        double[] variance = new double[CHANNELS];
        for (int c = 0; c < CHANNELS; c++) {
            variance[c] = averageMeanAndUnbiasedVariance(x, c)[1];
        }
        assertClose("var", running(layer, "runningVar"), variance, 8);
    }

    /** 1.6e19 squared is 2.56e38, and 4/3 of that is beyond float32, but a tenth of it is not. */
    @Test
    @OnPyTorch("the formula alone scales no extreme magnitudes")
    void aVarianceNearTheLargestNumberDoesNotOverflow() {
        InstanceNorm layer = InstanceNorm.builder().optTrackRunningStats(true).build();
        try (NDManager own = NDManager.newBaseManager()) {
            float s = 1.6e19f;
            NDArray x = own.create(new float[] {s, -s, -s, s}, new Shape(1, 1, 4));
            layer.initialize(own, DataType.FLOAT32, x.getShape());
            Run.forward(layer, x, TRAINING);
            double expected = 0.9 + 0.1 * 4 / 3 * s * s;
            assertThat(layer.getParameters().get("runningVar").getArray().toFloatArray()[0])
                    .isCloseTo((float) expected, Percentage.withPercentage(1e-4));
        }
    }

    /** A variance of 0.0048828 beside an epsilon of 0.01 and a mean of a million. */
    @Test
    void neitherEpsilonNorTheMeanCostsDigits() {
        InstanceNorm layer =
                tracking(InstanceNorm.builder().optMomentum(0).optEpsilon(0.01f), 1, 1, 64);
        double[] x = new double[64];
        Arrays.setAll(x, i -> 1e6 + i % 4 / 16.0);

        forward(layer, array(manager, x, 1, 1, 64), TRAINING);

        // (0, 1, 2, 3) / 16 have a biased variance of 5/4/256, and 64/63 of that is unbiased
        assertThat(values(layer, "runningVar")[0]).isCloseTo(5.0 / 1024 * 64 / 63, within(1e-9));
        assertThat(values(layer, "runningMean")[0]).isCloseTo(1e6 + 1.5 / 16, within(0.07));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 1e30})
    void aBadChannelDoesNotChangeHowAnotherIsComputed(double bad) {
        InstanceNorm layer = tracking(InstanceNorm.builder().optMomentum(0), 1, 3, 4);
        double[] x = {bad, 1, 2, 3, 7, 7, 7, 7, 1e-4, 2e-4, 3e-4, 4e-4};

        forward(layer, array(manager, x, 1, 3, 4), TRAINING);

        double[] variance = values(layer, "runningVar");
        assertThat(variance[1]).isZero();
        assertThat(variance[2]).isCloseTo(5e-8 / 3, within(5e-15));
    }

    /** By two batches in turn: mean 0 and variance 1, and mean 10 and variance 100. */
    @Test
    void aThreadThatPredictsSeesBothOfOneStep() throws Exception {
        InstanceNorm layer =
                initialized(
                        InstanceNorm.builder()
                                .optTrackRunningStats(true)
                                .optMomentum(0)
                                .optEpsilon(0)
                                .build(),
                        manager,
                        1,
                        1,
                        2);
        float half = (float) Math.sqrt(0.5); // -half and half have an unbiased variance of 1
        float[][] batches = {{-half, half}, {10 - 10 * half, 10 + 10 * half}};
        Thread trainer =
                new Thread(
                        () -> {
                            while (!Thread.interrupted()) {
                                for (float[] batch : batches) {
                                    try (NDManager own = manager.newSubManager()) {
                                        NDArray x = own.create(batch, new Shape(1, 1, 2));
                                        forward(layer, x, TRAINING);
                                    }
                                }
                            }
                        });
        forward(layer, manager.create(batches[0], new Shape(1, 1, 2)), TRAINING);
        trainer.start();
        try {
            for (int i = 0; i < 5000; i++) {
                try (NDManager own = manager.newSubManager()) {
                    NDArray x = own.ones(new Shape(1, 1, 2));
                    double y = forward(layer, x, EVALUATION).getFloat(0, 0, 0);
                    double nearest = Math.abs(y - 1) < Math.abs(y + 0.9) ? 1 : -0.9;
                    assertThat(y).isCloseTo(nearest, within(1e-5));
                }
            }
        } finally {
            trainer.interrupt();
            trainer.join();
        }
    }

    @Test
    void evaluationUsesThemAndLeavesThem() {
        InstanceNorm layer = tracking(InstanceNorm.builder());
        double[] mean = {1, -2, 3, 0};
        double[] variance = {4, 0.25, 1, 9};
        double[] gamma = {1, 2, 0.5, -1};
        double[] beta = {0, 1, -1, 3};
        Run.set(layer.getParameters().get("runningMean"), mean);
        Run.set(layer.getParameters().get("runningVar"), variance);
        Run.set(layer.gamma, gamma);
        Run.set(layer.beta, beta);
        double[] x = normal(21, INSTANCES * CHANNELS * POSITIONS, 0, 2);
        double[] upstream = normal(22, x.length, 0, 1);
        Reference expected =
                Reference.given(x, CHANNELS, POSITIONS, mean, variance, gamma, beta, EPSILON)
                        .backwardOfGiven(gamma, upstream);

        NDArray in = input(x);
        NDArray y = Run.backward(layer, in, input(upstream), EVALUATION);

        assertClose("y", y, expected.output, expected.outputTerms, 3);
        assertClose("dx", in.getGradient(), expected.inputGradient, expected.inputGradientTerms, 3);
        assertClose(
                "dgamma",
                Run.gradient(layer.gamma),
                expected.gammaGradient,
                expected.gammaGradientTerms,
                3);
        assertClose(
                "dbeta",
                Run.gradient(layer.beta),
                expected.betaGradient,
                expected.betaGradientTerms,
                3);
        assertThat(values(layer, "runningMean")).isEqualTo(mean);
        assertThat(values(layer, "runningVar")).isEqualTo(variance);
    }

    @Test
    void gradientsOfATrainingStepAreThoseOfTheInputsOwnStatistics() {
        InstanceNorm layer = tracking(InstanceNorm.builder());
        double[] x = normal(23, INSTANCES * CHANNELS * POSITIONS, 1, 2);
        double[] upstream = normal(24, x.length, 0, 1);
        double[] ones = {1, 1, 1, 1};
        Reference expected =
                new Reference(
                                x,
                                INSTANCES,
                                CHANNELS,
                                POSITIONS,
                                CHANNELS,
                                ones,
                                new double[4],
                                EPSILON)
                        .backward(ones, upstream);

        NDArray in = input(x);
        Run.backward(layer, in, input(upstream), TRAINING);

        assertClose("dx", in.getGradient(), expected.inputGradient, expected.inputGradientTerms, 3);
    }

    /** Else every step's graph would hang on the one before, and memory would grow. */
    @Test
    @OnPyTorch("it looks for libtorch's words")
    void theyAreNoPartOfTheGraph() {
        InstanceNorm layer = tracking(InstanceNorm.builder());
        NDArray x = input(normal(23, INSTANCES * CHANNELS * POSITIONS, 1, 2));
        for (int call = 0; call < 10; call++) { // libtorch rewrites a function after some calls
            Run.backward(layer, x, x.onesLike(), TRAINING);
        }

        for (String name : new String[] {"runningMean", "runningVar"}) {
            assertThatThrownBy(
                            () -> Run.backward(a -> running(layer, name), x, running(layer, name)))
                    .hasMessageContaining("does not require grad");
        }
    }

    @Test
    void oneUnbatchedInstanceMovesThemAsABatchOfOne() {
        InstanceNorm batched = tracking(InstanceNorm.builder().optSpatialDims(1));
        InstanceNorm unbatched = tracking(InstanceNorm.builder().optSpatialDims(1));
        NDArray x =
                manager.create(
                        floats(normal(25, CHANNELS * POSITIONS, 1, 2)),
                        new Shape(CHANNELS, POSITIONS));

        NDArray y = forward(unbatched, x, TRAINING);
        forward(batched, x.expandDims(0), TRAINING);

        assertThat(y.getShape()).isEqualTo(x.getShape());
        assertThat(values(unbatched, "runningVar")).isEqualTo(values(batched, "runningVar"));
        assertThat(forward(unbatched, x, EVALUATION).toFloatArray())
                .isEqualTo(forward(batched, x.expandDims(0), EVALUATION).toFloatArray());
    }

    @Test
    void channelsLastMovesThemAsChannelsFirst() {
        InstanceNorm first = tracking(InstanceNorm.builder());
        InstanceNorm last = InstanceNorm.builder().optTrackRunningStats(true).optAxis(-1).build();
        initialized(last, manager, INSTANCES, POSITIONS, CHANNELS);
        NDArray x = input(normal(26, INSTANCES * CHANNELS * POSITIONS, 1, 2));

        forward(first, x, TRAINING);
        forward(last, x.transpose(0, 2, 1), TRAINING);

        assertThat(values(last, "runningMean")).isEqualTo(values(first, "runningMean"));
        assertThat(
                        forward(last, x.transpose(0, 2, 1), EVALUATION)
                                .transpose(0, 2, 1)
                                .toFloatArray())
                .isEqualTo(forward(first, x, EVALUATION).toFloatArray());
    }

    @Test
    void anEmptyBatchLeavesThemAlone() {
        InstanceNorm layer = tracking(InstanceNorm.builder());

        NDArray y = forward(layer, manager.create(new Shape(0, CHANNELS, POSITIONS)), TRAINING);

        assertThat(y.getShape()).isEqualTo(new Shape(0, CHANNELS, POSITIONS));
        assertThat(values(layer, "runningMean")).containsOnly(0);
        assertThat(values(layer, "runningVar")).containsOnly(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT16", "FLOAT64"})
    @OnPyTorch("other engines have no float16 on the CPU")
    void statisticsOfEveryTypeAreAsExactAsTheirType(String name) {
        DataType type = DataType.valueOf(name);
        InstanceNorm layer = InstanceNorm.builder().optTrackRunningStats(true).build();
        layer.initialize(manager, type, new Shape(INSTANCES, CHANNELS, POSITIONS));
        double[] x = new double[INSTANCES * CHANNELS * POSITIONS];
        Arrays.setAll(x, i -> i * i % 17);

        NDArray y =
                forward(
                        layer,
                        array(manager, x, new Shape(INSTANCES, CHANNELS, POSITIONS), type),
                        TRAINING);

        assertThat(y.getDataType()).isEqualTo(type);
        double[] mean = new double[CHANNELS];
        double[] variance = new double[CHANNELS];
        for (int c = 0; c < CHANNELS; c++) {
            double[] batch = averageMeanAndUnbiasedVariance(x, c);
            mean[c] = 0.1 * batch[0];
            variance[c] = 0.9 + 0.1 * batch[1];
        }
        assertClose("mean", running(layer, "runningMean"), mean, 4);
        assertClose("var", running(layer, "runningVar"), variance, 4);
    }

    @Test
    void freezingTheLayerStopsThemAndUnfreezingLetsThemMoveAgain() {
        for (boolean affine : new boolean[] {true, false}) {
            InstanceNorm layer =
                    tracking(InstanceNorm.builder().optScale(affine).optCenter(affine));
            layer.freezeParameters(true);
            assertThat(moves(layer)).isFalse();
            layer.freezeParameters(false);
            assertThat(moves(layer)).isTrue();
        }
    }

    @Test
    void freezingABlockAroundTheLayerStopsThemAndUnfreezingLetsThemMoveAgain() {
        InstanceNorm layer = tracking(InstanceNorm.builder());
        SequentialBlock around = new SequentialBlock().add(layer);

        around.freezeParameters(true);
        assertThat(moves(layer)).isFalse();
        around.freezeParameters(false);
        assertThat(moves(layer)).isTrue();
    }

    @Test
    void unfreezingABlockAroundAFrozenLayerLetsThemMoveAgain() {
        InstanceNorm layer = tracking(InstanceNorm.builder());
        layer.freezeParameters(true);

        new SequentialBlock().add(layer).freezeParameters(false);

        assertThat(moves(layer)).isTrue();
    }

    @Test
    void unfreezingDoesNotMakeThemTrainable() {
        InstanceNorm layer = tracking(InstanceNorm.builder());
        layer.freezeParameters(true);
        layer.freezeParameters(false);

        assertThat(moves(layer)).isTrue();

        Parameter runningMean = layer.getParameters().get("runningMean");
        assertThat(runningMean.requiresGradient()).isFalse();
        assertThat(runningMean.getArray().hasGradient()).isFalse();
        assertThat(layer.gamma.requiresGradient()).isTrue();
    }

    /** A trainer copies parameters to its devices before the first forward call. */
    @Test
    void unfreezingDoesNotMakeTheirCopiesOnOtherDevicesTrainable() {
        InstanceNorm layer = tracking(InstanceNorm.builder());
        new SequentialBlock().add(layer).freezeParameters(false);
        Parameter runningMean = layer.getParameters().get("runningMean");
        ParameterStore copies = new ParameterStore(manager, true);
        NDArray copy = copies.getValue(runningMean, manager.getDevice(), true);
        NDArray x = input(normal(29, INSTANCES * CHANNELS * POSITIONS, 5, 2));

        layer.forward(copies, new NDList(x), TRAINING);

        assertThat(copy.hasGradient()).isFalse();
        assertThat(copy.toFloatArray()[0]).isNotZero();
    }

    @Test
    void freezingJustTheStatisticsStopsThemWhileTheRestTrains() {
        InstanceNorm layer = tracking(InstanceNorm.builder());

        layer.freezeParameters(true, p -> p.getType() == Parameter.Type.RUNNING_MEAN);

        assertThat(moves(layer)).isFalse();
        assertThat(layer.gamma.requiresGradient()).isTrue();
    }

    private boolean moves(InstanceNorm layer) {
        double[] before = values(layer, "runningMean");
        forward(layer, input(normal(28, INSTANCES * CHANNELS * POSITIONS, 5, 2)), TRAINING);
        return !Arrays.equals(before, values(layer, "runningMean"));
    }

    private InstanceNorm tracking(InstanceNorm.Builder builder) {
        return tracking(builder, INSTANCES, CHANNELS, POSITIONS);
    }

    private InstanceNorm tracking(InstanceNorm.Builder builder, long... shape) {
        return initialized(builder.optTrackRunningStats(true).build(), manager, shape);
    }

    private NDArray input(double[] x) {
        return array(manager, x, x.length / CHANNELS / POSITIONS, CHANNELS, POSITIONS);
    }

    private static NDArray running(InstanceNorm layer, String name) {
        return layer.getParameters().get(name).getArray();
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static double[] averageMeanAndUnbiasedVariance(double[] x, int channel) {
        double[] result = new double[2];
        for (int n = 0; n < INSTANCES; n++) {
            int start = (n * CHANNELS + channel) * POSITIONS;
            double mean = 0;
            for (int i = start; i < start + POSITIONS; i++) {
                mean += x[i] / POSITIONS;
            }
            double squares = 0;
            for (int i = start; i < start + POSITIONS; i++) {
                squares += (x[i] - mean) * (x[i] - mean);
            }
            result[0] += mean / INSTANCES;
            result[1] += squares / (POSITIONS - 1) / INSTANCES;
        }
        return result;
    }
}
