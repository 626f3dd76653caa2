package io.github.djlnorm;

import static io.github.djlnorm.Arrays64.array;
import static io.github.djlnorm.Arrays64.assertClose;
import static io.github.djlnorm.Arrays64.normal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.testing.Managed;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scales and shifts that are views of other arrays, whose memory kernels must not take for theirs.
 */
class DenseParametersTest {

    private static final int INSTANCES = 2;
    private static final int CHANNELS = 6;
    private static final int POSITIONS = 20;
    private static final Shape SHAPE = new Shape(INSTANCES, CHANNELS, POSITIONS);

    private final double[] x = normal(70, (int) SHAPE.size(), 0.5, 2);
    private final double[] upstream = normal(71, x.length, 0, 1);
    @Managed private NDManager manager;

    /**
     * How a parameter of C values is seen in a table, of which it is a column, a part or a value.
     */
    record View(Shape table, UnaryOperator<NDArray> view, IntUnaryOperator place) {

        double[] seen(double[] values) {
            double[] seen = new double[CHANNELS];
            Arrays.setAll(seen, c -> values[place.applyAsInt(c)]);
            return seen;
        }
    }

    static Stream<View> views() {
        return Stream.of(
                new View(new Shape(CHANNELS, 5), table -> table.get(":, 1"), c -> 5 * c + 1),
                new View(new Shape(3 * CHANNELS), table -> table.get("3:9"), c -> 3 + c),
                new View(new Shape(2 * CHANNELS), table -> table.get("::2"), c -> 2 * c),
                new View(new Shape(1), table -> table.broadcast(CHANNELS), c -> 0));
    }

    @ParameterizedTest
    @MethodSource("views")
    void groupNorm(View view) {
        check(
                view,
                3,
                (scale, shift) -> a -> GroupNorm.groupNorm(a, 3, scale, shift, 1e-5f).head());
    }

    @ParameterizedTest
    @MethodSource("views")
    void instanceNorm(View view) {
        check(
                view,
                CHANNELS,
                (scale, shift) -> a -> InstanceNorm.instanceNorm(a, scale, shift, 1e-5f).head());
    }

    @ParameterizedTest
    @MethodSource("views")
    void maskedGroupNorm(View view) {
        NDArray all = manager.ones(new Shape(INSTANCES, POSITIONS));
        check(
                view,
                2,
                (scale, shift) -> a -> GroupNorm.groupNorm(a, all, 2, scale, shift, 1e-5f).head());
    }

    /** Positions as instances, each with the channels as its only group. */
    @ParameterizedTest
    @MethodSource("views")
    void channelLayerNorm(View view) {
        double[] table = normal(72, (int) view.table.size(), 1, 0.5);
        double[] rows = normal(73, 8 * CHANNELS, 1, 2);
        NDArray parameter = array(manager, table, view.table, DataType.FLOAT32);
        NDArray scale = view.view.apply(parameter);
        double[] seen = view.seen(table);
        Reference expected = new Reference(rows, 8, CHANNELS, 1, 1, seen, seen, 1e-5);

        NDArray y =
                ChannelLayerNorm.channelLayerNorm(
                                array(manager, rows, 8, CHANNELS), scale, scale, 1e-5f)
                        .head();

        assertClose("y", y, expected.output, expected.outputTerms, 3);
    }

    private void check(
            View view, int groups, BiFunction<NDArray, NDArray, UnaryOperator<NDArray>> function) {
        double[] gamma = normal(72, (int) view.table.size(), 1, 0.5);
        double[] beta = normal(74, (int) view.table.size(), 0, 1);
        Reference expected =
                new Reference(
                                x,
                                INSTANCES,
                                CHANNELS,
                                POSITIONS,
                                groups,
                                view.seen(gamma),
                                view.seen(beta),
                                1e-5)
                        .backward(view.seen(gamma), upstream);
        NDArray gammaTable = array(manager, gamma, view.table, DataType.FLOAT32);
        NDArray betaTable = array(manager, beta, view.table, DataType.FLOAT32);
        gammaTable.setRequiresGradient(true);
        betaTable.setRequiresGradient(true);
        NDArray input = array(manager, x, SHAPE, DataType.FLOAT32);

        NDArray inference =
                function.apply(view.view.apply(gammaTable), view.view.apply(betaTable))
                        .apply(input);
        NDArray y =
                Run.backward(
                        a ->
                                function.apply(
                                                view.view.apply(gammaTable),
                                                view.view.apply(betaTable))
                                        .apply(a),
                        input,
                        array(manager, upstream, SHAPE, DataType.FLOAT32));

        assertClose("y without gradients", inference, expected.output, expected.outputTerms, 3);
        assertClose("y", y, expected.output, expected.outputTerms, 3);
        assertClose(
                "dx", input.getGradient(), expected.inputGradient, expected.inputGradientTerms, 4);
        double[] gammaGradient = new double[gamma.length];
        double[] betaGradient = new double[beta.length];
        double[] terms = new double[gamma.length];
        Arrays.fill(terms, 256);
        for (int c = 0; c < CHANNELS; c++) {
            gammaGradient[view.place.applyAsInt(c)] += expected.gammaGradient[c];
            betaGradient[view.place.applyAsInt(c)] += expected.betaGradient[c];
        }
        assertClose("dgamma", gammaTable.getGradient(), gammaGradient, terms, 4);
        assertClose("dbeta", betaTable.getGradient(), betaGradient, terms, 4);
    }

    /** One channel, so that the one style's mean and deviation have stride 0 over the batch. */
    @Test
    void oneStyleForABatchOfOneChannel() {
        int batch = 8;
        double[] content = normal(75, batch * POSITIONS, 0, 1);
        double[] style = normal(76, POSITIONS, 3, 2);
        double mean = Arrays.stream(style).average().orElseThrow();
        double variance =
                Arrays.stream(style).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        Reference expected =
                new Reference(
                        content,
                        batch,
                        1,
                        POSITIONS,
                        1,
                        new double[] {Math.sqrt(variance + 1e-5)},
                        new double[] {mean},
                        1e-5);

        NDArray y =
                AdaptiveInstanceNorm.adaptiveInstanceNorm(
                                array(manager, content, batch, 1, POSITIONS),
                                array(manager, style, 1, 1, POSITIONS),
                                1e-5f)
                        .head();

        assertClose("y", y, expected.output, expected.outputTerms, 4);
    }

    /** As many channels as made libtorch read a page that is not there. */
    @Test
    void oneValueForManyChannels() {
        int channels = 1 << 20;
        NDArray ones = manager.ones(new Shape(1)).broadcast(channels);
        NDArray input = manager.arange(2 * channels).toType(DataType.FLOAT32, false);

        NDArray y =
                InstanceNorm.instanceNorm(input.reshape(1, channels, 2), ones, ones, 0.25f * 3)
                        .head();

        // x = m -+ 1/2 has a variance of 1/4, and 1/4 + 3/4 is 1
        double[] expected = new double[2 * channels];
        Arrays.setAll(expected, i -> i % 2 == 0 ? 0.5 : 1.5);
        assertClose("y", y, expected, 1);
    }
}
