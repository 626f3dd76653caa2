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
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The formula's groups are the rows of channels of an array whose channels are last. */
class ChannelLayerNormTest {

    private static final int CHANNELS = 6;
    private static final float EPSILON = 1e-5f;

    private final double[] gamma = normal(71, CHANNELS, 1, 0.5);
    private final double[] beta = normal(72, CHANNELS, 0, 1);
    @Managed private NDManager manager;

    static Stream<Shape> shapes() {
        return Stream.of(
                new Shape(5, CHANNELS),
                new Shape(2, 3, CHANNELS),
                new Shape(2, 3, 4, CHANNELS),
                new Shape(2, 3, 2, 2, CHANNELS));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void channelsFirstMatchesTheFormula(Shape channelsLast) {
        int last = channelsLast.dimension() - 1;
        check(ChannelLayerNorm.builder().build(), channelsLast, a -> a.swapAxes(1, last));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void channelsLastMatchesTheFormula(Shape channelsLast) {
        check(ChannelLayerNorm.builder().optAxis(-1).build(), channelsLast, a -> a);
    }

    /** Fewer rows than threads, on any machine with two of them, and much to do. */
    @Test
    void aLongRowIsLeftWhole() {
        int channels = 1 << 16;
        double[] x = normal(75, channels, 0.5, 2);
        double[] ones = new double[channels];
        Arrays.fill(ones, 1);
        Reference expected =
                new Reference(x, 1, channels, 1, 1, ones, new double[channels], EPSILON);

        NDArray y =
                ChannelLayerNorm.channelLayerNorm(
                                array(manager, x, 1, channels), null, null, EPSILON)
                        .get(0);

        assertClose("y", y, expected.output, expected.outputTerms, 4);
    }

    /**
     * The layout swaps axes of the data, and of what comes back, and leaves the rows as they are.
     */
    private void check(ChannelLayerNorm layer, Shape channelsLast, UnaryOperator<NDArray> layout) {
        int size = (int) channelsLast.size();
        double[] x = normal(73, size, 0.5, 2);
        double[] upstream = normal(74, size, 0, 1);
        int rows = size / CHANNELS;
        Reference expected =
                new Reference(x, rows, CHANNELS, 1, 1, gamma, beta, EPSILON)
                        .backward(gamma, upstream);
        NDArray weights = layout.apply(array(manager, upstream, channelsLast, DataType.FLOAT32));
        layer.initialize(manager, DataType.FLOAT32, weights.getShape());
        Run.set(layer.gamma, gamma);
        Run.set(layer.beta, beta);

        for (int call = 0; call < 6; call++) { // libtorch rewrites a function after some calls
            NDArray input = layout.apply(array(manager, x, channelsLast, DataType.FLOAT32));
            NDArray y = layout.apply(Run.backward(layer, input, weights, call % 2 == 0));
            NDArray dx = layout.apply(input.getGradient());

            assertThat(y.getShape()).isEqualTo(channelsLast);
            assertClose("y", y, expected.output, expected.outputTerms, 3);
            assertClose("dx", dx, expected.inputGradient, expected.inputGradientTerms, 3);
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
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT64, FLOAT64", "FLOAT64, FLOAT32", "FLOAT16, FLOAT16", "FLOAT16, FLOAT32"})
    void everyCombinationOfTypesIsAsExactAsTheInputsType(DataType input, DataType parameters) {
        double[] x = new double[4 * CHANNELS];
        Arrays.setAll(x, i -> i * i % 17);
        NDArray scale = manager.full(new Shape(CHANNELS), 0.5f).toType(parameters, false);
        Shape shape = new Shape(4, CHANNELS);

        NDArray y =
                ChannelLayerNorm.channelLayerNorm(
                                array(manager, x, shape, input), scale, null, EPSILON)
                        .get(0);

        double[] half = new double[CHANNELS];
        Arrays.fill(half, 0.5);
        Reference expected = new Reference(x, 4, CHANNELS, 1, 1, half, new double[CHANNELS], 1e-5);
        assertThat(y.getDataType()).isEqualTo(input);
        assertClose("y", y, expected.output, expected.outputTerms, 3);
    }

    /** To units in the last place of the results: PyTorch's layer_norm is off by thousands. */
    @ParameterizedTest
    @ValueSource(doubles = {5, 2048})
    void aLargeMeanCostsNoDigits(double mean) {
        double[] x = normal(75, 40 * CHANNELS, mean, 1);
        double[] size = new double[x.length];
        Arrays.fill(size, 4);

        checkWithoutParameters(x, size);
    }

    @Test
    @OnPyTorch("the formula alone scales no extreme magnitudes")
    void magnitudesWhoseSquaresOverflowAreNormalized() {
        double[] x = normal(76, 40 * CHANNELS, 0, 1);
        Arrays.setAll(x, i -> (float) (x[i] * 1e25));

        checkWithoutParameters(x, null);
    }

    private void checkWithoutParameters(double[] x, double[] terms) {
        double[] ones = new double[CHANNELS];
        Arrays.fill(ones, 1);
        Reference expected = new Reference(x, 40, CHANNELS, 1, 1, ones, new double[CHANNELS], 1e-5);

        NDArray y =
                ChannelLayerNorm.channelLayerNorm(
                                array(manager, x, 40, CHANNELS), null, null, EPSILON)
                        .get(0);

        assertClose("y", y, expected.output, terms == null ? expected.outputTerms : terms, 4);
    }

    @Test
    void oneChannelBecomesTheShift() {
        NDArray shift = manager.create(new float[] {3});

        NDArray y =
                ChannelLayerNorm.channelLayerNorm(
                                manager.randomNormal(new Shape(2, 1, 5)), null, shift, EPSILON)
                        .get(0);

        assertThat(y.toFloatArray()).containsOnly(3);
    }

    @Test
    @OnPyTorch("MXNet has no arrays without elements")
    void anEmptyBatchGivesAnEmptyBatch() {
        Shape empty = new Shape(0, CHANNELS, 4, 5);
        ChannelLayerNorm layer =
                Run.initialized(ChannelLayerNorm.builder().build(), manager, 1, CHANNELS, 4, 5);

        NDArray y = Run.backward(layer, manager.create(empty), manager.create(empty), true);

        assertThat(y.getShape()).isEqualTo(empty);
        assertThat(Run.gradient(layer.gamma).toFloatArray()).containsOnly(0);
    }
}
