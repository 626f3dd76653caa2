package io.github.djlnorm;

import static io.github.djlnorm.Arrays64.array;
import static io.github.djlnorm.Arrays64.assertClose;
import static io.github.djlnorm.Arrays64.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The layer by itself, where it is a BatchNorm. */
class SyncBatchNormTest {

    private static final int INSTANCES = 5;
    private static final int CHANNELS = 4;
    private static final int POSITIONS = 6;
    private static final int SIZE = INSTANCES * CHANNELS * POSITIONS;
    private static final double[] GAMMA = {1, 2, 0.5, -1};
    private static final double[] BETA = {0, 1, -1, 3};
    private static final double[] ONES = {1, 1, 1, 1};

    @Managed private NDManager manager;

    @Test
    void outputAndGradientsAreThoseOfTheFormula() {
        SyncBatchNorm layer = layer(SyncBatchNorm.builder(), DataType.FLOAT32);
        double[] x = normal(71, SIZE, 3, 2);
        double[] upstream = normal(72, SIZE, 0, 1);
        Reference expected = expected(x, GAMMA, BETA, 1e-5).backward(GAMMA, upstream);

        for (int call = 0; call < 4; call++) { // libtorch rewrites a function after some calls
            NDArray input = input(x, DataType.FLOAT32).duplicate();
            NDArray y = Run.backward(layer, input, input(upstream, DataType.FLOAT32), Run.TRAINING);

            assertClose("y", channelsFirst(y), expected.output, expected.outputTerms, 3);
            assertClose(
                    "dx",
                    channelsFirst(input.getGradient()),
                    expected.inputGradient,
                    expected.inputGradientTerms,
                    8);
            assertClose(
                    "dgamma",
                    Run.gradient(layer.gamma),
                    expected.gammaGradient,
                    expected.gammaGradientTerms,
                    8);
            assertClose(
                    "dbeta",
                    Run.gradient(layer.beta),
                    expected.betaGradient,
                    expected.betaGradientTerms,
                    8);
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT64, FLOAT64", "FLOAT64, FLOAT32", "FLOAT16, FLOAT16", "FLOAT16, FLOAT32"})
    @OnPyTorch("other engines have no float16 on the CPU")
    void everyCombinationOfTypesIsAsExactAsTheInputsType(DataType input, DataType parameters) {
        SyncBatchNorm layer = layer(SyncBatchNorm.builder().optEpsilon(0.5f), parameters);
        double[] x = IntStream.range(0, SIZE).mapToDouble(i -> i * i % 17).toArray();

        NDArray y = Run.forward(layer, input(x, input), Run.TRAINING);

        Reference expected = expected(x, GAMMA, BETA, 0.5);
        assertThat(y.getDataType()).isEqualTo(input);
        assertClose("y", channelsFirst(y), expected.output, expected.outputTerms, 3);
    }

    @ParameterizedTest
    @CsvSource({"1e4, 1", "-1e6, 2", "0, 1e-12", "0, 1e25", "1e30, 1e29", "0, 1e-25"})
    @OnPyTorch("the formula alone scales no extreme magnitudes")
    void meanAndDeviationMayBeOfAnyMagnitude(double mean, double deviation) {
        SyncBatchNorm layer = SyncBatchNorm.builder().optEpsilon(0).build();
        Run.initialized(layer, manager, INSTANCES, CHANNELS, POSITIONS);
        double[] x = normal(73, SIZE, mean, deviation);
        double[] upstream = normal(74, SIZE, 0, 1);
        NDArray input = input(x, DataType.FLOAT32).duplicate();

        NDArray y = Run.backward(layer, input, input(upstream, DataType.FLOAT32), Run.TRAINING);

        Reference expected = expected(x, ONES, new double[CHANNELS], 0).backward(ONES, upstream);
        assertClose("y", channelsFirst(y), expected.output, expected.outputTerms, 3);
        assertClose(
                "dx",
                channelsFirst(input.getGradient()),
                expected.inputGradient,
                expected.inputGradientTerms,
                8);
    }

    @Test
    @OnPyTorch("the formula rounds a batch's mean to the type of its values")
    void aLargeMeanCostsNoDigits() {
        SyncBatchNorm layer = layer(SyncBatchNorm.builder(), DataType.FLOAT32);
        double[] x = normal(77, SIZE, 1e4, 1);

        NDArray y = Run.forward(layer, input(x, DataType.FLOAT32), Run.TRAINING);

        Reference expected = expected(x, GAMMA, BETA, 1e-5);
        assertThat(Arrays64.values(channelsFirst(y)))
                .containsExactly(expected.output, within(2e-6));
    }

    @Test
    void theChannelsMayBeLast() {
        SyncBatchNorm layer = SyncBatchNorm.builder().optAxis(-1).build();
        Run.initialized(layer, manager, INSTANCES, POSITIONS, CHANNELS);
        double[] x = normal(75, SIZE, 1, 2);

        NDArray y =
                Run.forward(
                        layer,
                        array(manager, x, CHANNELS, INSTANCES, POSITIONS).transpose(1, 2, 0),
                        Run.TRAINING);

        Reference expected = expected(x, ONES, new double[CHANNELS], 1e-5);
        assertClose("y", y.transpose(2, 0, 1), expected.output, expected.outputTerms, 3);
    }

    @Test
    void anInputWithoutPositionsIsNormalizedOverItsInstances() {
        SyncBatchNorm layer = SyncBatchNorm.builder().optEpsilon(0).build();
        Run.initialized(layer, manager, 2, 2);
        NDArray x = manager.create(new float[] {1, 8, 5, 2}, new Shape(2, 2));

        assertThat(Run.forward(layer, x, Run.TRAINING).toFloatArray())
                .containsExactly(-1, 1, 1, -1);
    }

    /** By hand: 1, 3, 5, 7 have a mean of 4 and an unbiased variance of 20/3. */
    @ParameterizedTest
    @ValueSource(floats = {0, 0.75f, 1})
    void trainingMovesTheRunningStatistics(float momentum) {
        SyncBatchNorm layer = SyncBatchNorm.builder().optMomentum(momentum).build();
        Run.initialized(layer, manager, 2, 1, 2);

        Run.forward(
                layer, manager.create(new float[] {1, 3, 5, 7}, new Shape(2, 1, 2)), Run.TRAINING);

        assertThat(Run.values(layer, "runningMean")[0]).isCloseTo((1 - momentum) * 4, within(1e-6));
        assertThat(Run.values(layer, "runningVar")[0])
                .isCloseTo(momentum + (1 - momentum) * 20 / 3, within(1e-6));
    }

    @Test
    void evaluationUsesTheRunningStatisticsAndLeavesThem() {
        SyncBatchNorm layer = layer(SyncBatchNorm.builder(), DataType.FLOAT32);
        double[] mean = {1, -2, 3, 0};
        double[] variance = {4, 0.25, 1, 9};
        Run.set(layer.getParameters().get("runningMean"), mean);
        Run.set(layer.getParameters().get("runningVar"), variance);
        double[] x = normal(76, SIZE, 0, 2);

        NDArray y =
                Run.forward(
                        layer, array(manager, x, INSTANCES, CHANNELS, POSITIONS), Run.EVALUATION);

        Reference expected =
                Reference.given(x, CHANNELS, POSITIONS, mean, variance, GAMMA, BETA, 1e-5);
        assertClose("y", y, expected.output, expected.outputTerms, 3);
        assertThat(Run.values(layer, "runningMean")).isEqualTo(mean);
        assertThat(Run.values(layer, "runningVar")).isEqualTo(variance);
    }

    @Test
    void anOptionThatIsOffHasNoParameter() {
        SyncBatchNorm layer = SyncBatchNorm.builder().optScale(false).optCenter(false).build();
        Run.initialized(layer, manager, INSTANCES, CHANNELS, POSITIONS);
        double[] x = normal(77, SIZE, 1, 2);

        NDArray y = Run.forward(layer, input(x, DataType.FLOAT32), Run.TRAINING);

        Reference expected = expected(x, ONES, new double[CHANNELS], 1e-5);
        assertThat(layer.getParameters().keys()).containsExactly("runningMean", "runningVar");
        assertClose("y", channelsFirst(y), expected.output, expected.outputTerms, 3);
    }

    @Test
    void theParametersAreThoseOfBatchNorm() {
        assertThat(SyncBatchNorm.builder().build().getParameters().keys())
                .containsExactly("gamma", "beta", "runningMean", "runningVar");
    }

    @Test
    void freezingScaleAndShiftDoesNotStopTheStatistics() {
        SyncBatchNorm layer = layer(SyncBatchNorm.builder(), DataType.FLOAT32);
        layer.freezeParameters(true);

        Run.forward(layer, input(normal(78, SIZE, 9, 1), DataType.FLOAT32), Run.TRAINING);

        assertThat(Run.values(layer, "runningMean")[0]).isGreaterThan(0.5);
    }

    @Test
    void momentumMustLieBetweenZeroAndOne() {
        assertThat(SyncBatchNorm.builder().build().getMomentum()).isEqualTo(0.9f);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SyncBatchNorm.builder().optMomentum(1.5f).build())
                .withMessage(
                        "momentum, the weight of the old running value, must lie between 0 and 1:"
                                + " expected 0 to 1, got 1.5; use 0.9f, which is a momentum of"
                                + " 0.1 in PyTorch");
    }

    @Test
    void oneValuePerChannelIsTooFew() {
        SyncBatchNorm layer = SyncBatchNorm.builder().build();
        Run.initialized(layer, manager, 2, 3);
        NDArray x = manager.ones(new Shape(1, 3));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Run.forward(layer, x, Run.TRAINING))
                .withMessage(
                        "the statistics need more than one value per channel: expected 2 or more"
                                + " values in the whole batch, got 1 value per channel; use a"
                                + " larger batch, or no normalization at this place");
        assertThat(Run.forward(layer, x, Run.EVALUATION).getShape()).isEqualTo(new Shape(1, 3));
    }

    private SyncBatchNorm layer(SyncBatchNorm.Builder builder, DataType type) {
        SyncBatchNorm layer = builder.build();
        layer.initialize(manager, type, new Shape(INSTANCES, CHANNELS, POSITIONS));
        Run.set(layer.gamma, GAMMA);
        Run.set(layer.beta, BETA);
        return layer;
    }

    /** Data in the order (channels, instances, positions): one instance to the reference. */
    private NDArray input(double[] x, DataType type) {
        return array(manager, x, new Shape(CHANNELS, INSTANCES, POSITIONS), type)
                .transpose(1, 0, 2);
    }

    private static NDArray channelsFirst(NDArray array) {
        return array.transpose(1, 0, 2);
    }

    private static Reference expected(double[] x, double[] gamma, double[] beta, double epsilon) {
        return new Reference(x, 1, CHANNELS, INSTANCES * POSITIONS, CHANNELS, gamma, beta, epsilon);
    }
}
