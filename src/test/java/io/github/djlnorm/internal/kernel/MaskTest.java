package io.github.djlnorm.internal.kernel;

import static io.github.djlnorm.Arrays64.array;
import static io.github.djlnorm.Arrays64.assertClose;
import static io.github.djlnorm.Arrays64.normal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.Arrays64;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.Reference;
import io.github.djlnorm.Run;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Normalization of padded batches: what each instance would become alone, without its padding, is
 * what its valid positions become.
 */
@OnPyTorch("it compares kernels of libtorch's")
class MaskTest {

    private static final int INSTANCES = 3;
    private static final int CHANNELS = 6;
    private static final int POSITIONS = 20;
    private static final int SIZE = INSTANCES * CHANNELS * POSITIONS;
    private static final Shape SHAPE = new Shape(INSTANCES, CHANNELS, 4, 5);
    private static final float EPSILON = 1e-5f;

    private final double[] gamma = normal(91, CHANNELS, 1, 0.5);
    private final double[] beta = normal(92, CHANNELS, 0, 1);
    private final double[] upstream = normal(93, SIZE, 0, 1);

    /** All of the first instance, some of the second, one position of the third. */
    private final boolean[] mask = new boolean[INSTANCES * POSITIONS];

    @Managed private NDManager manager;

    @BeforeEach
    void open() {
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i < POSITIONS || (i < 2 * POSITIONS && i % 5 < 3) || i == 2 * POSITIONS + 7;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6})
    void outputsAndGradientsAreThoseOfTheUnpaddedInstances(int groups) {
        check(TorchKernel.INSTANCE, groups, normal(94, SIZE, 0.5, 2), EPSILON, 3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6})
    void theFormulaOfOtherEnginesDoesTheSame(int groups) {
        check(FormulaKernel.INSTANCE, groups, normal(94, SIZE, 0.5, 2), EPSILON, 3);
    }

    @ParameterizedTest
    @MethodSource("io.github.djlnorm.internal.kernel.KernelTest#kernels")
    void whatThePaddingHoldsIsNeverSeen(Kernel kernel) {
        double[] x = normal(94, SIZE, 0.5, 2);
        double[] holes = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 3e38};
        for (int i = 0; i < SIZE; i++) {
            x[i] = isValid(i) ? x[i] : (float) holes[i % 4];
        }

        check(kernel, 3, x, EPSILON, 3);
    }

    /** Beside huge instances an ordinary one. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-30, 1e15, 1e19, 1e25, 1e37})
    void everyMagnitudeIsNormalized(double magnitude) {
        double[] x = normal(94, SIZE, 0.5, 1);
        Arrays.setAll(x, i -> i < SIZE / 3 ? x[i] : (float) (x[i] * magnitude));
        float ownEpsilon = EPSILON * (1 + (float) Math.log10(magnitude) / 1000);

        check(TorchKernel.INSTANCE, 3, x, ownEpsilon, 4);
    }

    /** To units in the last place of the results themselves. */
    @ParameterizedTest
    @ValueSource(doubles = {5, 2048})
    void aLargeMeanCostsNoDigits(double mean) {
        double[] x = normal(94, SIZE, mean, 1);
        Unpadded expected = new Unpadded(x, 2, EPSILON);
        double[] size = new double[SIZE];
        Arrays.fill(size, 8);

        NDArray y = groupNorm(x, DataType.FLOAT32);

        assertClose("y", y, expected.output, size, 4);
    }

    @Test
    void aPaddedBatchEqualsGroupNormOfEachUnpaddedInstance() {
        int[] widths = {5, 3, 2};
        NDArray padded = manager.full(SHAPE, Float.NaN);
        NDArray valid = manager.zeros(new Shape(INSTANCES, 4, 5));
        NDArray[] alone = new NDArray[INSTANCES];
        for (int n = 0; n < INSTANCES; n++) {
            NDArray x = manager.randomNormal(new Shape(1, CHANNELS, 4, widths[n]));
            padded.set(new NDIndex(n + ":" + (n + 1) + ", :, :, :" + widths[n]), x);
            valid.set(new NDIndex(n + ", :, :" + widths[n]), manager.ones(new Shape(4, widths[n])));
            alone[n] = GroupNorm.groupNorm(x, 2, null, null, EPSILON).get(0);
        }
        GroupNorm layer = GroupNorm.builder().setNumGroups(2).build();
        Run.initialized(layer, manager, SHAPE.getShape());

        NDArray y = Run.forward(layer, new NDList(padded, valid), Run.TRAINING);

        for (int n = 0; n < INSTANCES; n++) {
            double[] size = new double[(int) alone[n].size()];
            Arrays.fill(size, 4);
            NDArray actual = y.get(n + ":" + (n + 1) + ", :, :, :" + widths[n]);
            assertClose("instance " + n, actual, Arrays64.values(alone[n]), size, 3);
        }
        assertThat(y.get("2, :, :, 2:").toFloatArray()).containsOnly(0);
    }

    @Test
    void instanceNormWithOneGroupPerChannel() {
        double[] x = normal(94, SIZE, 0.5, 2);
        Unpadded expected = new Unpadded(x, CHANNELS, EPSILON);
        InstanceNorm layer = InstanceNorm.builder().build();
        layer.initialize(manager, DataType.FLOAT32, SHAPE, new Shape(INSTANCES, 4, 5));
        Run.set(layer.getParameters().get("gamma"), gamma);
        Run.set(layer.getParameters().get("beta"), beta);
        NDList inputs = new NDList(input(x, DataType.FLOAT32), valid(DataType.BOOLEAN));

        for (int call = 0; call < 6; call++) { // libtorch rewrites a function after some calls
            NDArray y = Run.forward(layer, inputs, call % 2 == 0);

            assertClose("y", y, expected.output, expected.outputTerms, 3);
        }
    }

    @Test
    void oneUnbatchedInstanceTakesAMaskWithoutTheBatchAxis() {
        double[] x = normal(94, SIZE, 0.5, 2);
        InstanceNorm layer = InstanceNorm.builder().optSpatialDims(2).build();
        Run.initialized(layer, manager, CHANNELS, 4, 5);
        NDArray input = input(x, DataType.FLOAT32);
        NDArray valid = valid(DataType.BOOLEAN);

        NDArray y = Run.forward(layer, new NDList(input.get("1"), valid.get("1")), Run.TRAINING);

        assertThat(y.toFloatArray())
                .isEqualTo(
                        InstanceNorm.instanceNorm(input, valid, null, null, EPSILON)
                                .get(0)
                                .get("1")
                                .toFloatArray());
    }

    @Test
    void theChannelsMayBeLast() {
        double[] x = normal(94, SIZE, 0.5, 2);
        GroupNorm layer = GroupNorm.builder().setNumGroups(2).optAxis(-1).build();
        Run.initialized(layer, manager, INSTANCES, 4, 5, CHANNELS);
        Run.set(layer.getParameters().get("gamma"), gamma);
        Run.set(layer.getParameters().get("beta"), beta);
        NDArray last = input(x, DataType.FLOAT32).transpose(0, 2, 3, 1);

        NDArray y = Run.forward(layer, new NDList(last, valid(DataType.BOOLEAN)), Run.EVALUATION);

        assertThat(y.transpose(0, 3, 1, 2).toFloatArray())
                .isEqualTo(groupNorm(x, DataType.BOOLEAN).toFloatArray());
    }

    @ParameterizedTest
    @EnumSource(names = {"BOOLEAN", "UINT8", "INT64", "FLOAT32", "FLOAT16"})
    void theMaskMayBeOfAnyType(DataType type) {
        double[] x = normal(94, SIZE, 0.5, 2);

        assertThat(groupNorm(x, type).toFloatArray())
                .isEqualTo(groupNorm(x, DataType.BOOLEAN).toFloatArray());
    }

    @ParameterizedTest
    @CsvSource({"FLOAT64, FLOAT64", "FLOAT64, FLOAT32", "FLOAT16, FLOAT16", "FLOAT16, FLOAT32"})
    void everyCombinationOfTypesIsAsExactAsTheInputsType(DataType type, DataType parameters) {
        double[] x = new double[SIZE];
        Arrays.setAll(x, i -> 100 * (i * i % 17)); // squares beyond the largest half
        double[] scale = {1, 2, 0.5, -1, 4, 0.25};
        System.arraycopy(scale, 0, gamma, 0, CHANNELS);
        System.arraycopy(new double[CHANNELS], 0, beta, 0, CHANNELS);
        Unpadded expected = new Unpadded(x, 2, EPSILON);

        NDArray y =
                GroupNorm.groupNorm(
                                input(x, type),
                                valid(DataType.BOOLEAN),
                                2,
                                array(manager, scale, new Shape(CHANNELS), parameters),
                                null,
                                EPSILON)
                        .get(0);

        assertThat(y.getDataType()).isEqualTo(type);
        assertClose("y", y, expected.output, expected.outputTerms, 3);
    }

    @ParameterizedTest
    @MethodSource("io.github.djlnorm.internal.kernel.KernelTest#kernels")
    void aBatchWithoutValidPositionsBecomesZeroEvenWithoutEpsilon(Kernel kernel) {
        Arrays.fill(mask, false);
        double[] x = new double[SIZE];
        Arrays.fill(x, Double.NaN);

        check(kernel, 2, x, 0, 0);
    }

    @Test
    void oneInstanceWithoutValidPositionsLeavesTheOthersAsTheyAre() {
        Arrays.fill(mask, 0, POSITIONS, false);

        check(TorchKernel.INSTANCE, 2, normal(94, SIZE, 0.5, 2), EPSILON, 3);
    }

    @Test
    void aBadValueAtAValidPositionSpoilsItsGroupOnly() {
        double[] x = normal(94, SIZE, 0.5, 2);
        double[] spoiled = x.clone();
        spoiled[0] = Double.NaN;

        NDArray actual = groupNorm(spoiled, DataType.BOOLEAN);

        assertThat(actual.get("0, :3").isNaN().all().getBoolean()).isTrue();
        assertThat(actual.get("0, 3:").toFloatArray())
                .isEqualTo(groupNorm(x, DataType.BOOLEAN).get("0, 3:").toFloatArray());
    }

    @Test
    void featuresWithoutPositionsAreValidOrNotByInstance() {
        NDArray x = manager.randomNormal(new Shape(2, CHANNELS));
        NDArray valid = manager.create(new float[] {1, 0});

        NDArray y = GroupNorm.groupNorm(x, valid, 2, null, null, EPSILON).get(0);

        NDArray expected = GroupNorm.groupNorm(x, 2, null, null, EPSILON).get(0);
        double[] size = new double[CHANNELS];
        Arrays.fill(size, 4);
        assertClose("y", y.get("0"), Arrays64.values(expected.get("0")), size, 3);
        assertThat(y.get("1").toFloatArray()).containsOnly(0);
    }

    @Test
    void anEmptyBatchGivesAnEmptyBatch() {
        NDArray empty = manager.create(new Shape(0, CHANNELS, 4));
        NDArray scale = array(manager, gamma, CHANNELS);
        scale.setRequiresGradient(true);

        NDArray y =
                Run.backward(
                        a ->
                                GroupNorm.groupNorm(
                                                a,
                                                manager.create(new Shape(0, 4)),
                                                2,
                                                scale,
                                                null,
                                                EPSILON)
                                        .get(0),
                        empty,
                        manager.create(new Shape(0, CHANNELS, 4)));

        assertThat(y.getShape()).isEqualTo(empty.getShape());
        assertThat(scale.getGradient().toFloatArray()).containsOnly(0);
    }

    private void check(Kernel kernel, int groups, double[] x, float epsilon, double ulps) {
        Unpadded expected = new Unpadded(x, groups, epsilon);
        for (int call = 0; call < 6; call++) { // libtorch rewrites a function after some calls
            NDArray input = input(x, DataType.FLOAT32);
            NDArray scale = array(manager, gamma, CHANNELS);
            NDArray shift = array(manager, beta, CHANNELS);
            scale.setRequiresGradient(true);
            shift.setRequiresGradient(true);
            Epilogue epilogue = Epilogue.of(scale, shift);
            NDArray y =
                    Run.backward(
                            a ->
                                    kernel.normalizeValid(
                                            a, valid(DataType.BOOLEAN), groups, epsilon, epilogue),
                            input,
                            array(manager, upstream, SHAPE, DataType.FLOAT32));

            assertClose("y", y, expected.output, expected.outputTerms, ulps);
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
        }
    }

    private NDArray groupNorm(double[] x, DataType maskType) {
        return GroupNorm.groupNorm(
                        input(x, DataType.FLOAT32),
                        valid(maskType),
                        2,
                        array(manager, gamma, CHANNELS),
                        array(manager, beta, CHANNELS),
                        EPSILON)
                .get(0);
    }

    private NDArray input(double[] x, DataType type) {
        return array(manager, x, SHAPE, type);
    }

    private NDArray valid(DataType type) {
        return manager.create(mask, new Shape(INSTANCES, 4, 5)).toType(type, false);
    }

    private boolean isValid(int i) {
        return mask[i / (CHANNELS * POSITIONS) * POSITIONS + i % POSITIONS];
    }

    /** The reference of each instance without its padding, put back to its place among zeros. */
    private final class Unpadded {

        final double[] output = new double[SIZE];
        final double[] outputTerms = ones(SIZE);
        final double[] inputGradient = new double[SIZE];
        final double[] inputGradientTerms = ones(SIZE);
        final double[] gammaGradient = new double[CHANNELS];
        final double[] gammaGradientTerms = new double[CHANNELS];
        final double[] betaGradient = new double[CHANNELS];
        final double[] betaGradientTerms = new double[CHANNELS];

        Unpadded(double[] x, int groups, double epsilon) {
            for (int n = 0; n < INSTANCES; n++) {
                int first = n * CHANNELS * POSITIONS;
                int[] places =
                        IntStream.range(first, first + CHANNELS * POSITIONS)
                                .filter(MaskTest.this::isValid)
                                .toArray();
                if (places.length > 0) {
                    add(x, places, groups, epsilon);
                }
            }
        }

        private void add(double[] x, int[] places, int groups, double epsilon) {
            Reference alone =
                    new Reference(
                                    at(x, places),
                                    1,
                                    CHANNELS,
                                    places.length / CHANNELS,
                                    groups,
                                    gamma,
                                    beta,
                                    epsilon)
                            .backward(gamma, at(upstream, places));
            for (int i = 0; i < places.length; i++) {
                output[places[i]] = alone.output[i];
                outputTerms[places[i]] = alone.outputTerms[i];
                inputGradient[places[i]] = alone.inputGradient[i];
                inputGradientTerms[places[i]] = alone.inputGradientTerms[i];
            }
            for (int c = 0; c < CHANNELS; c++) {
                gammaGradient[c] += alone.gammaGradient[c];
                gammaGradientTerms[c] += alone.gammaGradientTerms[c];
                betaGradient[c] += alone.betaGradient[c];
                betaGradientTerms[c] += alone.betaGradientTerms[c];
            }
        }

        private static double[] at(double[] values, int[] places) {
            return Arrays.stream(places).mapToDouble(i -> values[i]).toArray();
        }

        private static double[] ones(int size) {
            double[] ones = new double[size];
            Arrays.fill(ones, 1);
            return ones;
        }
    }
}
