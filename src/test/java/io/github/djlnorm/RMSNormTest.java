package io.github.djlnorm;

import static io.github.djlnorm.Arrays64.array;
import static io.github.djlnorm.Arrays64.assertClose;
import static io.github.djlnorm.Arrays64.normal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RMSNormTest {

    private static final int CHANNELS = 6;
    private static final float EPSILON = 1e-5f;

    private final double[] gamma = normal(81, CHANNELS, 1, 0.5);
    @Managed private NDManager manager;

    static Stream<Shape> shapes() {
        return Stream.of(
                new Shape(5, CHANNELS), new Shape(2, 3, CHANNELS), new Shape(2, 3, 4, CHANNELS));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void theLastAxisMatchesTheFormula(Shape shape) {
        double[] x = normal(82, (int) shape.size(), 0.5, 2);
        double[] upstream = normal(83, x.length, 0, 1);
        RootMeanSquare expected = new RootMeanSquare(x, gamma, EPSILON).backward(gamma, upstream);
        RMSNorm layer = RMSNorm.builder().build();
        layer.initialize(manager, DataType.FLOAT32, shape);
        Run.set(layer.getParameters().get("gamma"), gamma);

        for (int call = 0; call < 6; call++) { // libtorch rewrites a function after some calls
            NDArray input = array(manager, x, shape, DataType.FLOAT32);
            NDArray weights = array(manager, upstream, shape, DataType.FLOAT32);
            NDArray y = Run.backward(layer, input, weights, call % 2 == 0);

            assertThat(y.getShape()).isEqualTo(shape);
            expected.check(y, input, Run.gradient(layer.getParameters().get("gamma")));
        }
    }

    @Test
    void theChannelsMayBeFirst() {
        double[] x = normal(84, 2 * 4 * 5 * CHANNELS, 0.5, 2);
        NDArray last = array(manager, x, 2, 4, 5, CHANNELS);
        NDArray scale = array(manager, gamma, CHANNELS);
        RMSNorm layer = RMSNorm.builder().optAxis(1).build();
        Run.initialized(layer, manager, 2, CHANNELS, 4, 5);
        Run.set(layer.getParameters().get("gamma"), gamma);

        NDArray y = Run.forward(layer, last.transpose(0, 3, 1, 2), Run.EVALUATION);

        assertThat(y.getShape()).isEqualTo(new Shape(2, CHANNELS, 4, 5));
        assertThat(y.transpose(0, 2, 3, 1).toFloatArray())
                .isEqualTo(RMSNorm.rmsNorm(last, scale, EPSILON).get(0).toFloatArray());
    }

    /** By hand: the mean square of (1, 7) is 25. */
    @Test
    void oneRowByHand() {
        NDArray y =
                RMSNorm.rmsNorm(
                                manager.create(new float[] {1, 7}, new Shape(1, 2)),
                                manager.create(new float[] {10, 20}),
                                0)
                        .get(0);

        assertThat(y.toFloatArray()).containsExactly(2, 28);
    }

    @ParameterizedTest
    @CsvSource({"FLOAT64, FLOAT64", "FLOAT64, FLOAT32", "FLOAT16, FLOAT16", "FLOAT16, FLOAT32"})
    void everyCombinationOfTypesIsAsExactAsTheInputsType(DataType input, DataType parameters) {
        double[] x = new double[4 * CHANNELS];
        Arrays.setAll(x, i -> 100 * (i * i % 17)); // squares beyond the largest half
        double[] scale = {1, 2, 0.5, -1, 4, 0.25};
        NDArray data = array(manager, x, new Shape(4, CHANNELS), input);

        NDArray y =
                RMSNorm.rmsNorm(
                                data,
                                array(manager, scale, new Shape(CHANNELS), parameters),
                                EPSILON)
                        .get(0);

        assertThat(y.getDataType()).isEqualTo(input);
        assertClose("y", y, new RootMeanSquare(x, scale, EPSILON).output, 2);
    }

    @ParameterizedTest
    @CsvSource({"1e-30,1", "1e-10,1", "1e15,1", "1e18,1e-6", "1e19,1", "1e25,1", "1e37,1"})
    @OnPyTorch("the formula alone scales no extreme magnitudes")
    void everyMagnitudeIsNormalizedBesideAnOrdinaryRow(double magnitude, double ofGradient) {
        double[] x = normal(85, 4 * CHANNELS, 0.5, 1);
        Arrays.setAll(x, i -> i < CHANNELS ? x[i] : (float) (x[i] * magnitude));
        double[] upstream = normal(86, x.length, 0, ofGradient);
        RootMeanSquare expected = new RootMeanSquare(x, gamma, EPSILON).backward(gamma, upstream);

        for (int call = 0; call < 6; call++) { // libtorch rewrites a function after some calls
            NDArray input = array(manager, x, 4, CHANNELS);
            NDArray scale = array(manager, gamma, CHANNELS);
            scale.setRequiresGradient(true);
            NDArray y =
                    Run.backward(
                            a -> RMSNorm.rmsNorm(a, scale, EPSILON).get(0),
                            input,
                            array(manager, upstream, 4, CHANNELS));

            expected.check(y, input, scale.getGradient());
        }
    }

    @Test
    void oneBadRowChangesNoDigitOfTheOthers() {
        double[] x = normal(87, 3 * CHANNELS, 0, 1);
        double[] spoiled = x.clone();
        spoiled[CHANNELS] = Double.NaN;
        spoiled[2 * CHANNELS] = Double.POSITIVE_INFINITY;

        NDArray actual = RMSNorm.rmsNorm(array(manager, spoiled, 3, CHANNELS), null, 0).get(0);

        NDArray expected = RMSNorm.rmsNorm(array(manager, x, 3, CHANNELS), null, 0).get(0);
        assertThat(actual.get("0").toFloatArray()).isEqualTo(expected.get("0").toFloatArray());
        assertThat(actual.get("1:").isNaN().all().getBoolean()).isTrue();
    }

    @Test
    void withoutScaleThereIsNoParameter() {
        RMSNorm layer = RMSNorm.builder().optScale(false).build();
        Run.initialized(layer, manager, 2, CHANNELS);
        NDArray x = manager.randomNormal(new Shape(2, CHANNELS));

        NDArray y = Run.backward(layer, x, x.onesLike(), Run.TRAINING);

        assertThat(layer.isScale()).isFalse();
        assertThat(layer.getParameters()).isEmpty();
        assertThat(y.toFloatArray())
                .isEqualTo(RMSNorm.rmsNorm(x, null, EPSILON).get(0).toFloatArray());
    }

    @Test
    @OnPyTorch("MXNet has no arrays without elements")
    void anEmptyBatchGivesAnEmptyBatch() {
        Shape empty = new Shape(0, 3, CHANNELS);
        RMSNorm layer = Run.initialized(RMSNorm.builder().build(), manager, 1, 3, CHANNELS);

        NDArray y = Run.backward(layer, manager.create(empty), manager.create(empty), true);

        assertThat(y.getShape()).isEqualTo(empty);
        assertThat(Run.gradient(layer.getParameters().get("gamma")).toFloatArray()).containsOnly(0);
    }
}
