package io.github.djlnorm;

import static io.github.djlnorm.Arrays64.array;
import static io.github.djlnorm.Arrays64.assertClose;
import static io.github.djlnorm.Arrays64.normal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ways of doing the arithmetic, each against the formula in float64. */
class KernelTest {

    private static final int INSTANCES = 2;
    private static final int CHANNELS = 6;
    private static final int POSITIONS = 12;
    private static final Shape SHAPE = new Shape(INSTANCES, CHANNELS, 3, 4);
    private static final float EPSILON = 1e-3f;

    private final double[] x = normal(40, INSTANCES * CHANNELS * POSITIONS, 3, 2);
    private final double[] upstream = normal(41, x.length, 0, 1);
    private final double[] gamma = normal(42, CHANNELS, 1, 0.5);
    private final double[] beta = normal(43, CHANNELS, 0, 1);
    private NDManager manager;

    static Kernel[] kernels() {
        return new Kernel[] {TorchKernel.INSTANCE, FormulaKernel.INSTANCE};
    }

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void normalizesGroups(Kernel kernel) {
        for (int groups : new int[] {1, 2, 3, 6}) {
            Reference expected =
                    new Reference(x, INSTANCES, CHANNELS, POSITIONS, groups, gamma, beta, EPSILON)
                            .backward(gamma, upstream);
            NDArray input = array(manager, x, SHAPE, DataType.FLOAT32);
            NDArray scale = trained(gamma);
            NDArray shift = trained(beta);

            NDArray y =
                    Run.backward(
                            a ->
                                    kernel.normalize(
                                            a, groups, Step.of(Affine.of(scale, shift), EPSILON)),
                            input,
                            array(manager, upstream, SHAPE, DataType.FLOAT32));

            checkGradients(expected, y, input, scale, shift);
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void normalizesWithoutScaleAndShift(Kernel kernel) {
        double[] ones = filled(gamma, 1);
        Reference expected =
                new Reference(
                        x, INSTANCES, CHANNELS, POSITIONS, 3, ones, new double[CHANNELS], EPSILON);
        NDArray input = array(manager, x, SHAPE, DataType.FLOAT32);

        NDArray y = kernel.normalize(input, 3, Step.of(Affine.of(null, null), EPSILON));

        assertClose("y", y, expected.output, expected.outputTerms, 3);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void movesTheRunningStatisticsOfChannels(Kernel kernel) {
        Reference expected =
                new Reference(x, INSTANCES, CHANNELS, POSITIONS, CHANNELS, gamma, beta, EPSILON);
        double[] oldMean = normal(46, CHANNELS, 1, 1);
        double[] oldVariance = {1, 2, 3, 4, 5, 6};
        double[] newMean = new double[CHANNELS];
        double[] newVariance = new double[CHANNELS];
        for (int c = 0; c < CHANNELS; c++) {
            double mean = (expected.mean[c] + expected.mean[CHANNELS + c]) / 2;
            double variance = (expected.variance[c] + expected.variance[CHANNELS + c]) / 2;
            newMean[c] = 0.75 * oldMean[c] + 0.25 * mean;
            newVariance[c] = 0.75 * oldVariance[c] + 0.25 * variance * POSITIONS / (POSITIONS - 1);
        }
        RunningStatistics running =
                new RunningStatistics(
                        array(manager, oldMean, CHANNELS),
                        array(manager, oldVariance, CHANNELS),
                        0.75f);

        NDArray y =
                kernel.normalizeChannels(
                        array(manager, x, SHAPE, DataType.FLOAT32),
                        Step.of(Affine.of(trained(gamma), trained(beta)), EPSILON),
                        running);

        assertClose("y", y, expected.output, expected.outputTerms, 3);
        assertClose("mean", running.mean(), newMean, filled(newMean, 8), 3);
        assertClose("variance", running.variance(), newVariance, filled(newVariance, 8), 4);
        assertThat(running.mean().hasGradient()).isFalse();
        assertThat(running.variance().hasGradient()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void normalizesByGivenStatistics(Kernel kernel) {
        double[] mean = normal(44, CHANNELS, 3, 1);
        double[] variance = {1, 2, 3, 4, 5, 6};
        Reference expected =
                Reference.given(x, CHANNELS, POSITIONS, mean, variance, gamma, beta, EPSILON)
                        .backwardOfGiven(gamma, upstream);
        NDArray input = array(manager, x, SHAPE, DataType.FLOAT32);
        NDArray scale = trained(gamma);
        NDArray shift = trained(beta);

        NDArray y =
                Run.backward(
                        a ->
                                kernel.normalizeWith(
                                        a,
                                        array(manager, mean, CHANNELS),
                                        array(manager, variance, CHANNELS),
                                        Affine.of(scale, shift),
                                        EPSILON),
                        input,
                        array(manager, upstream, SHAPE, DataType.FLOAT32));

        checkGradients(expected, y, input, scale, shift);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void dividesByTheRootMeanSquareOfTheChannels(Kernel kernel) {
        NDArray lastAxis = array(manager, x, INSTANCES * POSITIONS, CHANNELS); // rows of channels
        RMSNormTest.RootMeanSquare expected =
                new RMSNormTest.RootMeanSquare(x, gamma, EPSILON).backward(gamma, upstream);
        NDArray scale = trained(gamma);

        NDArray y =
                Run.backward(
                        a -> kernel.normalizeByRootMeanSquare(a, scale, EPSILON),
                        lastAxis,
                        array(manager, upstream, INSTANCES * POSITIONS, CHANNELS));

        expected.check(y, lastAxis, scale.getGradient());
        NDArray image = lastAxis.reshape(INSTANCES, POSITIONS, CHANNELS).transpose(0, 2, 1);
        NDArray unscaled = kernel.normalizeByRootMeanSquare(image, null, EPSILON);
        double[] ones = filled(gamma, 1);
        assertClose(
                "y",
                unscaled.transpose(0, 2, 1),
                new RMSNormTest.RootMeanSquare(x, ones, EPSILON).output,
                3);
    }

    /** Of sum(weights * (mean + deviation)), the mean's share and the deviation's. */
    @ParameterizedTest
    @MethodSource("kernels")
    void tellsMeanAndDeviationAndTheirGradients(Kernel kernel) {
        Reference reference =
                new Reference(x, INSTANCES, CHANNELS, POSITIONS, CHANNELS, gamma, beta, EPSILON);
        int all = INSTANCES * CHANNELS;
        double[] weights = normal(45, all, 0, 1);
        double[] deviation = new double[all];
        Arrays.setAll(deviation, k -> Math.sqrt(reference.variance[k] + EPSILON));
        double[] expected = new double[x.length];
        double[] terms = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int k = i / POSITIONS;
            double slope = (x[i] - reference.mean[k]) / deviation[k];
            expected[i] = weights[k] * (1 + slope) / POSITIONS;
            terms[i] = Math.abs(weights[k]) * (1 + Math.abs(slope)) / POSITIONS;
        }
        NDArray input = array(manager, x, SHAPE, DataType.FLOAT32);

        Run.backward(
                a -> {
                    NDList style = kernel.meanAndDeviation(a, EPSILON);
                    assertClose("mean", style.get(0), reference.mean, filled(weights, 8), 3);
                    assertClose("deviation", style.get(1), deviation, filled(weights, 8), 3);
                    return style.get(0).add(style.get(1));
                },
                input,
                array(manager, weights, INSTANCES, CHANNELS));

        assertClose("dx", input.getGradient(), expected, terms, 4);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void halfPrecisionGoesThroughSinglePrecision(Kernel kernel) {
        NDArray half = array(manager, x, SHAPE, DataType.FLOAT16);
        NDArray single = half.toType(DataType.FLOAT32, true);

        NDArray actual =
                kernel.normalize(
                        half, 3, Step.of(Affine.of(trained(gamma), trained(beta)), EPSILON));
        NDArray expected =
                kernel.normalize(
                        single, 3, Step.of(Affine.of(trained(gamma), trained(beta)), EPSILON));

        assertThat(actual.getDataType()).isEqualTo(DataType.FLOAT16);
        assertThat(Arrays64.values(actual))
                .isEqualTo(Arrays64.values(expected.toType(DataType.FLOAT16, false)));
    }

    private NDArray trained(double[] values) {
        NDArray parameter = array(manager, values, values.length);
        parameter.setRequiresGradient(true);
        return parameter;
    }

    private static void checkGradients(
            Reference expected, NDArray y, NDArray input, NDArray scale, NDArray shift) {
        assertClose("y", y, expected.output, expected.outputTerms, 3);
        assertClose(
                "dx", input.getGradient(), expected.inputGradient, expected.inputGradientTerms, 3);
        assertClose(
                "dgamma",
                scale.getGradient(),
                expected.gammaGradient,
                expected.gammaGradientTerms,
                3);
        assertClose(
                "dbeta", shift.getGradient(), expected.betaGradient, expected.betaGradientTerms, 3);
    }

    private static double[] filled(double[] like, double value) {
        double[] values = new double[like.length];
        Arrays.fill(values, value);
        return values;
    }
}
