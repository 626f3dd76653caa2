package io.github.djlnorm;

import static io.github.djlnorm.Arrays64.array;
import static io.github.djlnorm.Arrays64.assertClose;
import static io.github.djlnorm.Arrays64.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlnorm.convolutional.WeightStandardizedConv;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Types, memory layouts and magnitudes, forward and backward, against the formula in float64. */
class NumericsTest {

    private static final int INSTANCES = 2;
    private static final int CHANNELS = 6;
    private static final int POSITIONS = 20;
    private static final int GROUPS = 3;
    private static final Shape SHAPE = new Shape(INSTANCES, CHANNELS, 4, 5);
    private static final int SIZE = INSTANCES * CHANNELS * POSITIONS;
    private static final float EPSILON = 1e-5f;

    @Managed private NDManager manager;
    private double[] gamma;
    private double[] beta;
    private double[] upstream;

    @BeforeEach
    void parameters() {
        gamma = halves(normal(11, CHANNELS, 1, 0.5));
        beta = halves(normal(12, CHANNELS, 0, 1));
        upstream = halves(normal(13, SIZE, 0, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT32, FLOAT32",
        "FLOAT64, FLOAT64",
        "FLOAT64, FLOAT32",
        "FLOAT16, FLOAT16",
        "FLOAT16, FLOAT32"
    })
    @OnPyTorch("other engines have no float16 on the CPU")
    void everyCombinationOfTypesIsAsExactAsTheInputsType(DataType input, DataType parameters) {
        double[] x = halves(normal(10, SIZE, 0.5, 2));

        NDArray output = check(array(manager, x, SHAPE, input), x, parameters, EPSILON, 3);

        assertThat(output.getDataType()).isEqualTo(input);
    }

    @Test
    @OnPyTorch("other engines have no float16 on the CPU")
    void halfPrecisionInputIsNormalizedWithSinglePrecisionStatistics() {
        // The sum of squares of these values is far beyond the largest half, 65504.
        double[] x = halves(normal(10, SIZE, 3000, 500));

        check(array(manager, x, SHAPE, DataType.FLOAT16), x, DataType.FLOAT16, EPSILON, 1);
    }

    @Test
    void channelsLastMemoryWithALargeMeanKeepsItsVariance() {
        double[] x = normal(10, SIZE, 1e4, 1);
        NDArray nhwc = array(manager, x, SHAPE, DataType.FLOAT32).transpose(0, 2, 3, 1);
        // A copy in the order (N, H, W, C), seen as (N, C, H, W).
        NDArray channelsLast =
                manager.create(nhwc.toFloatArray(), nhwc.getShape()).transpose(0, 3, 1, 2);

        check(channelsLast, x, DataType.FLOAT32, EPSILON, 3);
    }

    @Test
    void aSliceOfALargerArrayIsReadAtItsOwnPlace() {
        double[] x = normal(10, SIZE, 0, 1);
        NDArray padded = manager.zeros(new Shape(INSTANCES, CHANNELS, 4, 9));
        padded.set(new NDIndex(":, :, :, 2:7"), array(manager, x, SHAPE, DataType.FLOAT32));

        check(padded.get(":, :, :, 2:7"), x, DataType.FLOAT32, EPSILON, 3);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-30, 1e-10, 1e15, 1e19, 1e25, 1e37})
    @OnPyTorch("the formula alone scales no extreme magnitudes")
    void everyMagnitudeOfFloat32IsNormalized(double magnitude) {
        double[] x = floats(normal(10, SIZE, 0.5, 1), magnitude);

        check(array(manager, x, SHAPE, DataType.FLOAT32), x, DataType.FLOAT32, EPSILON, 4);
    }

    @Test
    @OnPyTorch("the formula alone scales no extreme magnitudes")
    void hugeMagnitudesOfFloat64AreNormalized() {
        double[] x = normal(10, SIZE, 0.5, 1);
        double[] huge = Arrays.stream(x).map(v -> v * 0x1p600).toArray();
        NDArray expected =
                GroupNorm.groupNorm(
                                array(manager, x, SHAPE, DataType.FLOAT64), GROUPS, null, null, 0)
                        .get(0);

        NDArray actual =
                GroupNorm.groupNorm(
                                array(manager, huge, SHAPE, DataType.FLOAT64),
                                GROUPS,
                                null,
                                null,
                                0)
                        .get(0);

        double[] size = new double[SIZE];
        Arrays.fill(size, 4);
        assertClose("y", actual, expected.toDoubleArray(), size, 4);
    }

    @Test
    void oneHugeInstanceChangesNoDigitOfTheOthers() {
        double[] x = normal(10, SIZE, 0, 1);
        double[] huge = x.clone();
        for (int i = SIZE / 2; i < SIZE; i++) {
            huge[i] = (float) (x[i] * 1e25);
        }

        assertThat(normalize(huge).get("0").toFloatArray())
                .isEqualTo(normalize(x).get("0").toFloatArray());
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void oneBadInstanceChangesNoDigitOfTheOthers(double bad) {
        double[] x = normal(10, SIZE, 0, 1);
        double[] spoiled = x.clone();
        spoiled[SIZE - 1] = bad;

        NDArray actual = normalize(spoiled);

        assertThat(actual.get("0").toFloatArray()).isEqualTo(normalize(x).get("0").toFloatArray());
        assertThat(actual.get("1, 4:").isNaN().all().getBoolean()).isTrue();
        for (int call = 0; call < 4; call++) { // libtorch rewrites a function after some calls
            NDArray input = array(manager, spoiled, SHAPE, DataType.FLOAT32);
            Run.backward(
                    a -> GroupNorm.groupNorm(a, GROUPS, null, null, EPSILON).get(0),
                    input,
                    array(manager, upstream, SHAPE, DataType.FLOAT32));
            assertThat(input.getGradient().get("0").isNaN().any().getBoolean()).isFalse();
        }
    }

    @Test
    void constantInputBecomesTheShift() {
        NDArray scale = array(manager, gamma, CHANNELS);
        scale.setRequiresGradient(true);

        NDArray y =
                Run.backward(
                        x ->
                                GroupNorm.groupNorm(
                                                x,
                                                GROUPS,
                                                scale,
                                                array(manager, beta, CHANNELS),
                                                EPSILON)
                                        .get(0),
                        manager.full(SHAPE, 7f),
                        array(manager, upstream, SHAPE, DataType.FLOAT32));

        assertThat(y.get("1, 3").toFloatArray()).containsOnly((float) beta[3]);
        assertThat(scale.getGradient().toFloatArray()).containsOnly(0);
    }

    /** 5 and 2048 deviations from zero, to units in the last place of the results themselves. */
    @ParameterizedTest
    @ValueSource(doubles = {5, 2048})
    void aLargeMeanCostsNoDigits(double mean) {
        double[] x = normal(10, SIZE, mean, 1);
        Reference expected =
                new Reference(x, INSTANCES, CHANNELS, POSITIONS, GROUPS, gamma, beta, 1e-5)
                        .backward(gamma, upstream);
        double[] size = new double[SIZE];
        Arrays.fill(size, 4);
        NDArray input = array(manager, x, SHAPE, DataType.FLOAT32);

        NDArray y =
                Run.backward(
                        a ->
                                GroupNorm.groupNorm(
                                                a,
                                                GROUPS,
                                                array(manager, gamma, CHANNELS),
                                                array(manager, beta, CHANNELS),
                                                EPSILON)
                                        .get(0),
                        input,
                        array(manager, upstream, SHAPE, DataType.FLOAT32));

        assertClose("y", y, expected.output, size, 4);
        assertClose("dx", input.getGradient(), expected.inputGradient, size, 4);
    }

    @Test
    @OnPyTorch("MXNet has no arrays without elements")
    void anEmptyBatchGivesAnEmptyBatch() {
        NDArray empty = manager.create(new Shape(0, CHANNELS, 4, 5));
        NDArray scale = array(manager, gamma, CHANNELS);
        scale.setRequiresGradient(true);

        NDArray y =
                Run.backward(
                        x -> GroupNorm.groupNorm(x, GROUPS, scale, null, EPSILON).get(0),
                        empty,
                        manager.create(new Shape(0, CHANNELS, 4, 5)));

        assertThat(y.getShape()).isEqualTo(new Shape(0, CHANNELS, 4, 5));
        assertThat(scale.getGradient().toFloatArray()).containsOnly(0f);
        assertThat(InstanceNorm.instanceNorm(empty, scale, null, EPSILON).get(0).getShape())
                .isEqualTo(new Shape(0, CHANNELS, 4, 5));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 3, 2})
    void theChannelAxisMayBeAnywhereBehindTheBatch(int axis) {
        double[] x = normal(10, SIZE, 0, 1);
        int place = axis < 0 ? 3 : axis;
        int[] toPlace = place == 3 ? new int[] {0, 2, 3, 1} : new int[] {0, 2, 1, 3};
        int[] back = place == 3 ? new int[] {0, 3, 1, 2} : new int[] {0, 2, 1, 3};
        NDArray input = array(manager, x, SHAPE, DataType.FLOAT32).transpose(toPlace);
        GroupNorm layer = GroupNorm.builder().setNumGroups(GROUPS).optAxis(axis).build();
        layer.initialize(manager, DataType.FLOAT32, input.getShape());

        NDArray output = Run.forward(layer, input, Run.TRAINING);

        assertThat(output.getShape()).isEqualTo(input.getShape());
        assertThat(layer.getParameters().get("gamma").getShape()).isEqualTo(new Shape(CHANNELS));
        NDArray ones = manager.ones(new Shape(CHANNELS));
        NDArray expected =
                GroupNorm.groupNorm(input.transpose(back), GROUPS, ones, null, EPSILON).get(0);
        assertThat(output.transpose(back).toFloatArray()).isEqualTo(expected.toFloatArray());
    }

    @Test
    @OnPyTorch("the formula alone scales no extreme magnitudes")
    void withoutEpsilonTheSmallestMagnitudesAreNormalized() {
        // 1, 2, 3, 4 have mean 2.5 and deviation sqrt(1.25)
        float[] expected = {-1.3416407f, -0.4472136f, 0.4472136f, 1.3416407f};
        for (float magnitude : new float[] {1, 1e-20f, 1e-30f, 1e-36f}) {
            float[] x = {1 * magnitude, 2 * magnitude, 3 * magnitude, 4 * magnitude};
            NDArray input = manager.create(x, new Shape(1, 1, 4));
            NDArray y = GroupNorm.groupNorm(input, 1, null, null, 0).head();
            assertThat(y.toFloatArray()).containsExactly(expected, within(3e-7f));
            input.setRequiresGradient(true);
            NDArray recorded =
                    Run.backward(
                            a -> GroupNorm.groupNorm(a, 1, null, null, 0).head(),
                            input,
                            manager.create(new float[] {1, 0, 0, 0}, new Shape(1, 1, 4)));
            assertThat(recorded.toFloatArray()).containsExactly(expected, within(3e-7f));
            // d y1 / dx = (delta - 1/4 - y1 y / 4) / sqrt(1.25), of values of magnitude 1
            float[] gradient = {0.2683282f, -0.3577709f, -0.0894427f, 0.1788854f};
            for (int i = 0; i < 4; i++) {
                assertThat((double) input.getGradient().getFloat(0, 0, i) * magnitude)
                        .isCloseTo(gradient[i], within(4e-7));
            }
        }
        double[] tiny = {1e-200, 2e-200, 3e-200, 4e-200};
        NDArray y =
                GroupNorm.groupNorm(manager.create(tiny, new Shape(1, 1, 4)), 1, null, null, 0)
                        .head();
        assertThat(y.toDoubleArray())
                .containsExactly(
                        new double[] {
                            -3 / Math.sqrt(5), -1 / Math.sqrt(5), 1 / Math.sqrt(5), 3 / Math.sqrt(5)
                        },
                        within(1e-15));
    }

    @Test
    @OnPyTorch("the formula alone scales no extreme magnitudes")
    void withoutEpsilonTheSmallestRootMeanSquaresDivide() {
        float[] x = {3e-30f, 4e-30f};
        NDArray y = RMSNorm.rmsNorm(manager.create(x, new Shape(1, 2)), null, 0).head();
        float root = (float) Math.sqrt(12.5);
        assertThat(y.toFloatArray())
                .containsExactly(new float[] {3 / root, 4 / root}, within(2e-7f));
    }

    /** 1e-5f is 0.00000999999974738, which shows where the variance is small. */
    @Test
    void epsilonIsTheDecimalThatWasWritten() {
        double[] x = {0, 1e-3};
        double variance = 0.25e-6;
        double expected = 0.5e-3 / Math.sqrt(variance + 0.00001);
        NDArray input = manager.create(x, new Shape(1, 1, 2));
        NDArray y = GroupNorm.groupNorm(input, 1, null, null, 1e-5f).head();
        assertThat(y.toDoubleArray()[1]).isCloseTo(expected, within(1e-15));
        InstanceNorm layer = InstanceNorm.builder().optEpsilon(1e-3f).build();
        layer.initialize(manager, DataType.FLOAT64, input.getShape());
        assertThat(Run.forward(layer, input, Run.TRAINING).toDoubleArray()[1])
                .isCloseTo(0.5e-3 / Math.sqrt(variance + 0.001), within(1e-15));
        assertThat(layer.getEpsilon()).isEqualTo(1e-3f);
        double rms = 1e-3 / Math.sqrt(0.5e-6 + 0.00001);
        assertThat(RMSNorm.rmsNorm(input, null, 1e-5f).head().toDoubleArray()[1])
                .isCloseTo(rms, within(1e-15));
        NDArray weights = manager.create(new double[] {0, 1e-3}, new Shape(1, 2));
        assertThat(WeightStandardizedConv.standardize(weights, 1e-5f).toDoubleArray()[1])
                .isCloseTo(expected, within(1e-15));
    }

    @ParameterizedTest
    @MethodSource("io.github.djlnorm.Layers#all")
    @OnPyTorch("MXNet has no arrays without elements")
    void anInputWithoutPositionsLeavesGradientsOfZero(Layers.Case layers) {
        for (boolean training : new boolean[] {true, false}) {
            Shape full = new Shape(2, 4, 3, 4);
            ChannelNorm layer = layers.make();
            layer.initialize(
                    manager,
                    DataType.FLOAT32,
                    Layers.shapes(layers.inputs(manager.randomNormal(full))));
            NDArray empty = manager.create(new Shape(2, 4, 0, 4));
            NDList inputs = layers.inputs(empty);
            if (layer instanceof AdaptiveInstanceNorm) {
                continue; // a style without values is refused
            }

            NDArray y = Run.backward(layer, inputs, manager.create(empty.getShape()), training);

            assertThat(y.getShape()).isEqualTo(empty.getShape());
            for (String name : new String[] {"gamma", "beta"}) {
                Parameter parameter = layer.getParameters().get(name);
                if (parameter != null && parameter.requiresGradient()) {
                    assertThat(Run.gradient(parameter).toFloatArray()).containsOnly(0);
                }
            }
        }
    }

    /** x * a + b with constant a and b would lose what x and the mean share. */
    @Test
    void aLargeRunningMeanCostsNoDigits() {
        float[] x = {1e6f - 0.125f, 1e6f, 1e6f + 0.0625f, 1e6f + 0.25f};
        double[] expected = {-1.2493754, 0, 0.6246877, 2.4987508}; // / sqrt(0.01 + 1e-5)
        InstanceNorm tracking = InstanceNorm.builder().optTrackRunningStats(true).build();
        FrozenBatchNorm frozen = FrozenBatchNorm.builder().build();
        NDArray input = manager.create(x, new Shape(1, 1, 4));
        for (ChannelNorm layer : new ChannelNorm[] {tracking, frozen}) {
            layer.initialize(manager, DataType.FLOAT32, input.getShape());
            Run.set(layer.getParameters().get("runningMean"), 1e6);
            Run.set(layer.getParameters().get("runningVar"), 0.01);
            NDArray y = Run.forward(layer, input, Run.EVALUATION);
            assertThat(Arrays64.values(y)).containsExactly(expected, within(1e-6));
        }
    }

    private NDArray normalize(double[] x) {
        NDArray input = array(manager, x, SHAPE, DataType.FLOAT32);
        return GroupNorm.groupNorm(input, GROUPS, null, null, EPSILON).get(0);
    }

    private NDArray check(
            NDArray input, double[] x, DataType parameters, float epsilon, double ulps) {
        Reference expected =
                new Reference(
                                x,
                                INSTANCES,
                                CHANNELS,
                                POSITIONS,
                                GROUPS,
                                gamma,
                                beta,
                                Double.parseDouble(Float.toString(epsilon)))
                        .backward(gamma, upstream);
        NDArray scale = array(manager, gamma, new Shape(CHANNELS), parameters);
        NDArray shift = array(manager, beta, new Shape(CHANNELS), parameters);
        scale.setRequiresGradient(true);
        shift.setRequiresGradient(true);
        NDArray output =
                Run.backward(
                        a -> GroupNorm.groupNorm(a, GROUPS, scale, shift, epsilon).get(0),
                        input,
                        array(manager, upstream, SHAPE, input.getDataType()));
        assertClose("y", output, expected.output, expected.outputTerms, ulps);
        assertClose(
                "dx",
                input.getGradient(),
                expected.inputGradient,
                expected.inputGradientTerms,
                ulps);
        assertClose(
                "dgamma",
                scale.getGradient(),
                expected.gammaGradient,
                expected.gammaGradientTerms,
                ulps);
        assertClose(
                "dbeta",
                shift.getGradient(),
                expected.betaGradient,
                expected.betaGradientTerms,
                ulps);
        return output;
    }

    private static double[] floats(double[] values, double factor) {
        return Arrays.stream(values).map(v -> (float) (v * factor)).toArray();
    }

    /** Rounds to eight significant bits, which all types hold. */
    private static double[] halves(double[] values) {
        return Arrays.stream(values)
                .map(
                        v ->
                                Math.rint(v / Math.ulp((float) v) / 0x1p16)
                                        * Math.ulp((float) v)
                                        * 0x1p16)
                .toArray();
    }
}
