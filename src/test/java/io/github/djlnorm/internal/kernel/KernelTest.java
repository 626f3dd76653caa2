package io.github.djlnorm.internal.kernel;

import static io.github.djlnorm.Arrays64.array;
import static io.github.djlnorm.Arrays64.assertClose;
import static io.github.djlnorm.Arrays64.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.Arrays64;
import io.github.djlnorm.Reference;
import io.github.djlnorm.RootMeanSquare;
import io.github.djlnorm.Run;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ways of doing the arithmetic, each against the formula in float64. */
@OnPyTorch("it compares kernels of libtorch's")
class KernelTest {

    private static final int INSTANCES = 2;
    private static final int CHANNELS = 6;
    private static final int POSITIONS = 12;
    private static final Shape SHAPE = new Shape(INSTANCES, CHANNELS, 3, 4);
    private static final double EPSILON = 1e-3;

    private final double[] x = normal(40, INSTANCES * CHANNELS * POSITIONS, 3, 2);
    private final double[] upstream = normal(41, x.length, 0, 1);
    private final double[] gamma = normal(42, CHANNELS, 1, 0.5);
    private final double[] beta = normal(43, CHANNELS, 0, 1);
    @Managed private NDManager manager;

    static Kernel[] kernels() {
        return new Kernel[] {TorchKernel.INSTANCE, FormulaKernel.INSTANCE};
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
                                    kernel.normalizeGroups(
                                            a, groups, EPSILON, Epilogue.of(scale, shift)),
                            input,
                            array(manager, upstream, SHAPE, DataType.FLOAT32));

            checkGradients(expected, y, input, scale, shift);
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aLargeMeanCostsNoDigits(Kernel kernel) {
        double[] large = normal(44, x.length, 1e4, 1);
        Reference expected =
                new Reference(large, INSTANCES, CHANNELS, POSITIONS, 3, gamma, beta, EPSILON);
        Epilogue epilogue = Epilogue.of(trained(gamma), trained(beta));
        NDArray input = array(manager, large, SHAPE, DataType.FLOAT32);
        NDArray mask = manager.ones(new Shape(INSTANCES, 3, 4));

        assertThat(Arrays64.values(kernel.normalizeGroups(input, 3, EPSILON, epilogue)))
                .containsExactly(expected.output, within(4e-6));
        assertThat(Arrays64.values(kernel.normalizeValid(input, mask, 3, EPSILON, epilogue)))
                .containsExactly(expected.output, within(4e-6));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void normalizesWithoutScaleAndShift(Kernel kernel) {
        double[] ones = filled(gamma, 1);
        Reference expected =
                new Reference(
                        x, INSTANCES, CHANNELS, POSITIONS, 3, ones, new double[CHANNELS], EPSILON);
        NDArray input = array(manager, x, SHAPE, DataType.FLOAT32);

        NDArray y = kernel.normalizeGroups(input, 3, EPSILON, Epilogue.NOTHING);

        assertClose("y", y, expected.output, expected.outputTerms, 3);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void tellsTheBatchsStatisticsOfChannels(Kernel kernel) {
        Reference expected =
                new Reference(x, INSTANCES, CHANNELS, POSITIONS, CHANNELS, gamma, beta, EPSILON);
        double[] mean = new double[CHANNELS];
        double[] variance = new double[CHANNELS];
        for (int c = 0; c < CHANNELS; c++) {
            mean[c] = (expected.mean[c] + expected.mean[CHANNELS + c]) / 2;
            variance[c] = (expected.variance[c] + expected.variance[CHANNELS + c]) / 2;
        }

        NDList all =
                kernel.normalizeChannels(
                        array(manager, x, SHAPE, DataType.FLOAT32),
                        EPSILON,
                        Epilogue.of(trained(gamma), trained(beta)));

        assertClose("y", all.get(0), expected.output, expected.outputTerms, 3);
        NDList statistics = all.subNDList(1);
        for (NDArray array : statistics) {
            assertThat(array.hasGradient()).isFalse();
        }
        assertThat(Arrays64.values(statistics.get(0))).containsExactly(mean, within(1e-6));
        assertThat(Arrays64.values(statistics.get(1))).containsExactly(variance, within(4e-6));
    }

    @Test
    void runningStatisticsMoveByTheUnbiasedVariance() {
        RunningStatistics running =
                new RunningStatistics(
                        array(manager, new double[] {1, 2}, 2),
                        array(manager, new double[] {4, 8}, 2),
                        0.75,
                        new ReentrantLock());

        running.moveTowards(
                array(manager, new double[] {3, 6}, 2), array(manager, new double[] {6, 9}, 2), 4);

        // 0.75 of the old, and 0.25 of the new, of which a variance is 4/3
        assertThat(Arrays64.values(running.mean())).containsExactly(1.5, 3);
        assertThat(Arrays64.values(running.variance())).containsExactly(5, 9);
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
                                kernel.normalizeByConstants(
                                        a,
                                        array(manager, mean, CHANNELS),
                                        array(manager, variance, CHANNELS),
                                        EPSILON,
                                        Epilogue.of(scale, shift)),
                        input,
                        array(manager, upstream, SHAPE, DataType.FLOAT32));

        checkGradients(expected, y, input, scale, shift);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void dividesByTheRootMeanSquareOfTheChannels(Kernel kernel) {
        NDArray lastAxis = array(manager, x, INSTANCES * POSITIONS, CHANNELS); // rows of channels
        RootMeanSquare expected = new RootMeanSquare(x, gamma, EPSILON).backward(gamma, upstream);
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
                "y", unscaled.transpose(0, 2, 1), new RootMeanSquare(x, ones, EPSILON).output, 3);
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
                kernel.normalizeGroups(
                        half, 3, EPSILON, Epilogue.of(trained(gamma), trained(beta)));
        NDArray expected =
                kernel.normalizeGroups(
                        single, 3, EPSILON, Epilogue.of(trained(gamma), trained(beta)));

        assertThat(actual.getDataType()).isEqualTo(DataType.FLOAT16);
        assertThat(Arrays64.values(actual))
                .isEqualTo(Arrays64.values(expected.toType(DataType.FLOAT16, false)));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void endsInTheActivation(Kernel kernel) {
        Reference reference =
                new Reference(x, INSTANCES, CHANNELS, POSITIONS, 3, gamma, beta, EPSILON);
        Map<Activation, DoubleUnaryOperator> functions =
                Map.of(
                        Activation.NONE, v -> v,
                        Activation.RELU, v -> Math.max(v, 0),
                        Activation.LEAKY_RELU, v -> v > 0 ? v : 0.01 * v,
                        Activation.TANH, Math::tanh);
        functions.forEach(
                (activation, function) -> {
                    NDArray scale = array(manager, gamma, CHANNELS);
                    NDArray shift = array(manager, beta, CHANNELS);
                    NDArray y =
                            kernel.normalizeGroups(
                                    array(manager, x, SHAPE, DataType.FLOAT32),
                                    3,
                                    EPSILON,
                                    new Epilogue(scale, shift, activation));
                    double[] expected = DoubleStream.of(reference.output).map(function).toArray();
                    assertClose(activation.name(), y, expected, reference.outputTerms, 3);
                });
    }

    /** libtorch rewrites a function after some calls, by what it saw in the first ones. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-30, 1, 1e15, 1e19, 1e25, 1e37})
    void aFunctionThatSawNothingElseIsAsExact(double magnitude) {
        TorchKernel fresh = new TorchKernel(Map.of("magnitude_of_test", magnitude));
        double[] large = new double[x.length];
        Arrays.setAll(large, i -> (float) ((x[i] - 3 + 0.5) * magnitude));
        Reference expected =
                new Reference(large, INSTANCES, CHANNELS, POSITIONS, 3, gamma, beta, EPSILON)
                        .backward(gamma, upstream);
        for (int call = 0; call < 6; call++) {
            NDArray input = array(manager, large, SHAPE, DataType.FLOAT32);
            NDArray scale = trained(gamma);
            NDArray shift = trained(beta);
            NDArray y =
                    Run.backward(
                            a -> fresh.normalizeGroups(a, 3, EPSILON, Epilogue.of(scale, shift)),
                            input,
                            array(manager, upstream, SHAPE, DataType.FLOAT32));
            checkGradients(expected, y, input, scale, shift);
        }
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
