package io.github.djlnorm;

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
import io.github.djlnorm.testing.Managed;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Activations in a layer's own call, against their formulas. */
class FusedActivationTest {

    private static final int CHANNELS = 6;
    private static final int POSITIONS = 12;
    private static final Shape SHAPE = new Shape(2, CHANNELS, 3, 4);
    private static final float EPSILON = 1e-5f;

    private final double[] x = normal(60, (int) SHAPE.size(), 0.5, 2);
    private final double[] upstream = normal(61, x.length, 0, 1);
    private final double[] gamma = normal(62, CHANNELS, 1, 0.5);
    private final double[] beta = normal(63, CHANNELS, 0, 1);
    @Managed private NDManager manager;

    @ParameterizedTest
    @EnumSource(FusedActivation.class)
    void outputAndGradientsAreThoseOfTheFormula(FusedActivation activation) {
        AffineChannelNorm layer =
                GroupNorm.builder().setNumGroups(3).optActivation(activation).build();
        Reference reference = reference(3);
        double[] behind = new double[x.length];
        Arrays.setAll(
                behind, i -> upstream[i] * slope(activation).applyAsDouble(reference.output[i]));
        reference.backward(gamma, behind);
        NDArray input = initialize(layer);

        NDArray y =
                Run.backward(
                        layer,
                        input,
                        array(manager, upstream, SHAPE, DataType.FLOAT32),
                        Run.TRAINING);

        assertClose("y", y, map(reference.output, value(activation)), reference.outputTerms, 3);
        assertClose(
                "dx",
                input.getGradient(),
                reference.inputGradient,
                reference.inputGradientTerms,
                4);
        assertClose(
                "dgamma",
                Run.gradient(layer.gamma),
                reference.gammaGradient,
                reference.gammaGradientTerms,
                4);
        assertClose(
                "dbeta",
                Run.gradient(layer.beta),
                reference.betaGradient,
                reference.betaGradientTerms,
                4);
    }

    @ParameterizedTest
    @EnumSource(FusedActivation.class)
    void everyWayOfNormalizingEndsInIt(FusedActivation activation) {
        double[] expected = map(reference(CHANNELS).output, value(activation));
        check(InstanceNorm.builder().optActivation(activation).build(), false, expected);
        InstanceNorm tracking =
                InstanceNorm.builder().optTrackRunningStats(true).optActivation(activation).build();
        check(tracking, true, expected);
        double[] mean = normal(64, CHANNELS, 0, 1);
        double[] variance = {1, 2, 3, 4, 5, 6};
        Run.set(tracking.getParameters().get("runningMean"), mean);
        Run.set(tracking.getParameters().get("runningVar"), variance);
        Reference given =
                Reference.given(x, CHANNELS, POSITIONS, mean, variance, gamma, beta, EPSILON);
        assertClose(
                "y by running statistics",
                Run.forward(tracking, input(), Run.EVALUATION),
                map(given.output, value(activation)),
                given.outputTerms,
                3);
        AffineChannelNorm byPosition = ChannelLayerNorm.builder().optActivation(activation).build();
        NDArray y = Run.forward(byPosition, initialize(byPosition), Run.EVALUATION);
        AffineChannelNorm plain = ChannelLayerNorm.builder().build();
        double[] normalized =
                Arrays64.values(Run.forward(plain, initialize(plain), Run.EVALUATION));
        assertClose("y by position", y, map(normalized, value(activation)), 4);
    }

    @Test
    void whatAMaskLeavesOutStaysZero() {
        GroupNorm layer =
                GroupNorm.builder().setNumGroups(3).optActivation(FusedActivation.TANH).build();
        NDArray input = initialize(layer);
        NDArray mask = manager.ones(new Shape(2, 3, 4));
        mask.set(new NDIndex(":, 0"), 0);
        NDArray y = Run.forward(layer, new NDList(input, mask), Run.EVALUATION);
        assertThat(y.get(":, :, 0").abs().sum().getFloat()).isZero();
        assertThat(y.get(":, :, 1:").abs().max().getFloat()).isBetween(0.5f, 1f);
    }

    @Test
    void halfPrecisionStaysHalfPrecision() {
        AffineChannelNorm layer =
                GroupNorm.builder().setNumGroups(3).optActivation(FusedActivation.RELU).build();
        NDArray half = initialize(layer).toType(DataType.FLOAT16, true);
        NDArray y = Run.forward(layer, half, Run.EVALUATION);
        Reference reference =
                new Reference(
                        Arrays64.values(half), 2, CHANNELS, POSITIONS, 3, gamma, beta, EPSILON);
        assertThat(y.getDataType()).isEqualTo(DataType.FLOAT16);
        assertClose(
                "y",
                y,
                map(reference.output, value(FusedActivation.RELU)),
                reference.outputTerms,
                3);
    }

    @Test
    void noneIsTheDefault() {
        assertThat(GroupNorm.builder().setNumGroups(1).build().getActivation()).isEmpty();
        assertThat(
                        InstanceNorm.builder()
                                .optActivation(FusedActivation.TANH)
                                .build()
                                .getActivation())
                .contains(FusedActivation.TANH);
    }

    private void check(AffineChannelNorm layer, boolean training, double[] expected) {
        NDArray y = Run.forward(layer, initialize(layer), training);
        assertClose("y", y, expected, reference(CHANNELS).outputTerms, 3);
    }

    private NDArray initialize(AffineChannelNorm layer) {
        layer.initialize(manager, DataType.FLOAT32, SHAPE);
        Run.set(layer.gamma, gamma);
        Run.set(layer.beta, beta);
        return input();
    }

    private NDArray input() {
        return array(manager, x, SHAPE, DataType.FLOAT32);
    }

    private Reference reference(int groups) {
        return new Reference(x, 2, CHANNELS, POSITIONS, groups, gamma, beta, EPSILON);
    }

    private static double[] map(double[] values, DoubleUnaryOperator function) {
        return DoubleStream.of(values).map(function).toArray();
    }

    private static DoubleUnaryOperator value(FusedActivation activation) {
        return switch (activation) {
            case RELU -> v -> Math.max(v, 0);
            case LEAKY_RELU -> v -> v > 0 ? v : 0.01 * v;
            case TANH -> Math::tanh;
        };
    }

    private static DoubleUnaryOperator slope(FusedActivation activation) {
        return switch (activation) {
            case RELU -> v -> v > 0 ? 1 : 0;
            case LEAKY_RELU -> v -> v > 0 ? 1 : 0.01;
            case TANH -> v -> 1 - Math.tanh(v) * Math.tanh(v);
        };
    }
}
