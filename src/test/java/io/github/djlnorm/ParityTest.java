package io.github.djlnorm;

import static io.github.djlnorm.Arrays64.array;
import static io.github.djlnorm.Arrays64.assertClose;
import static io.github.djlnorm.Arrays64.normal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Outputs and gradients of both layers against the formula in float64. */
class ParityTest {

    private static final double ULPS = 3;
    private static final float EPSILON = 1e-5f;

    private static final long[][] SPATIAL = {{}, {5}, {3, 5}, {2, 3, 2}};

    static Stream<Arguments> groupNormCases() {
        return IntStream.of(6, 32, 60)
                .boxed()
                .flatMap(
                        channels ->
                                divisors(channels)
                                        .boxed()
                                        .flatMap(
                                                groups ->
                                                        modesAndShapes(channels)
                                                                .map(
                                                                        s ->
                                                                                of(
                                                                                        channels,
                                                                                        groups,
                                                                                        s))));
    }

    static Stream<Arguments> instanceNormCases() {
        return IntStream.of(6, 32, 60)
                .boxed()
                .flatMap(channels -> modesAndShapes(channels).map(s -> of(channels, channels, s)))
                .filter(arguments -> ((Shape) arguments.get()[2]).dimension() > 2);
    }

    private static Stream<Object[]> modesAndShapes(int channels) {
        return Stream.of(SPATIAL)
                .map(spatial -> new Shape(3, channels).addAll(new Shape(spatial)))
                .flatMap(shape -> Stream.of(true, false).map(mode -> new Object[] {shape, mode}));
    }

    private static Arguments of(int channels, int groups, Object[] shapeAndMode) {
        return Arguments.of(channels, groups, shapeAndMode[0], shapeAndMode[1]);
    }

    private static IntStream divisors(int n) {
        return IntStream.rangeClosed(1, n).filter(d -> n % d == 0);
    }

    @ParameterizedTest(name = "C={0} G={1} shape={2} training={3}")
    @MethodSource("groupNormCases")
    void groupNormMatchesFormula(int channels, int groups, Shape shape, boolean training) {
        GroupNorm layer = GroupNorm.builder().setNumGroups(groups).build();
        check(layer, channels, groups, shape, training);
    }

    @ParameterizedTest(name = "C={0} shape={2} training={3}")
    @MethodSource("instanceNormCases")
    void instanceNormMatchesFormula(int channels, int groups, Shape shape, boolean training) {
        check(InstanceNorm.builder().build(), channels, groups, shape, training);
    }

    @ParameterizedTest(name = "C={0} shape={2} training={3}")
    @MethodSource("instanceNormCases")
    void instanceNormOfOneUnbatchedInstanceMatchesFormula(
            int channels, int groups, Shape shape, boolean training) {
        InstanceNorm layer = InstanceNorm.builder().optSpatialDims(shape.dimension() - 2).build();
        check(layer, channels, groups, shape.slice(1), training);
    }

    private static void check(
            AffineChannelNorm layer, int channels, int groups, Shape shape, boolean training) {
        try (NDManager manager = NDManager.newBaseManager()) {
            boolean unbatched = shape.get(0) == channels;
            int instances = unbatched ? 1 : (int) shape.get(0);
            int size = (int) shape.size();
            double[] x = normal(1, size, 0.5, 2);
            double[] upstream = normal(2, size, 0, 1);
            double[] gamma = normal(3, channels, 1, 0.5);
            double[] beta = normal(4, channels, 0, 1);
            int positions = size / instances / channels;
            Reference expected =
                    new Reference(x, instances, channels, positions, groups, gamma, beta, EPSILON)
                            .backward(gamma, upstream);

            layer.initialize(manager, DataType.FLOAT32, shape);
            Run.set(layer.gamma, gamma);
            Run.set(layer.beta, beta);
            NDArray input = array(manager, x, shape, DataType.FLOAT32);
            NDArray weights = array(manager, upstream, shape, DataType.FLOAT32);
            NDArray output = Run.backward(layer, input, weights, training);
            assertThat(output.getShape()).isEqualTo(shape);
            assertThat(output.getDataType()).isEqualTo(DataType.FLOAT32);
            assertClose("y", output, expected.output, expected.outputTerms, ULPS);
            assertClose(
                    "dx",
                    input.getGradient(),
                    expected.inputGradient,
                    expected.inputGradientTerms,
                    ULPS);
            assertClose(
                    "dgamma",
                    Run.gradient(layer.gamma),
                    expected.gammaGradient,
                    expected.gammaGradientTerms,
                    ULPS);
            assertClose(
                    "dbeta",
                    Run.gradient(layer.beta),
                    expected.betaGradient,
                    expected.betaGradientTerms,
                    ULPS);
        }
    }
}
