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
import ai.djl.nn.Parameter;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The layers whose instances have a scale and a shift of their own. */
class StyleTest {

    private static final int INSTANCES = 3;
    private static final int CHANNELS = 4;
    private static final int POSITIONS = 12;
    private static final int STYLE_POSITIONS = 10;
    private static final int SIZE = INSTANCES * CHANNELS * POSITIONS;
    private static final Shape SHAPE = new Shape(INSTANCES, CHANNELS, 3, 4);
    private static final Shape STYLE_SHAPE = new Shape(INSTANCES, CHANNELS, 5, 2);
    private static final float EPSILON = 1e-5f;

    private final double[] upstream = normal(103, SIZE, 0, 1);
    @Managed private NDManager manager;

    /** With a class for two instances, one for one, and two for none. */
    @ParameterizedTest
    @EnumSource(names = {"INT32", "INT64", "UINT8", "FLOAT32"})
    void eachInstanceIsScaledAndShiftedByTheRowOfItsLabel(DataType labelType) {
        int[] labels = {3, 1, 3};
        double[] gamma = normal(101, 5 * CHANNELS, 1, 0.5);
        double[] beta = normal(102, 5 * CHANNELS, 0, 1);
        double[] x = normal(104, SIZE, 0.5, 2);
        double[] gammaGradient = new double[gamma.length];
        double[] betaGradient = new double[gamma.length];
        double[] terms = new double[gamma.length];
        Reference[] expected = new Reference[INSTANCES];
        for (int n = 0; n < INSTANCES; n++) {
            expected[n] = instance(x, n, row(gamma, labels[n]), row(beta, labels[n]), EPSILON);
            for (int c = 0; c < CHANNELS; c++) {
                gammaGradient[labels[n] * CHANNELS + c] += expected[n].gammaGradient[c];
                betaGradient[labels[n] * CHANNELS + c] += expected[n].betaGradient[c];
                terms[labels[n] * CHANNELS + c] += expected[n].gammaGradientTerms[c];
            }
        }
        ConditionalInstanceNorm layer = conditional(5, 1);
        Run.set(parameter(layer, "gamma"), gamma);
        Run.set(parameter(layer, "beta"), beta);
        NDArray labelArray = manager.create(labels).toType(labelType, false);

        for (int call = 0; call < 6; call++) { // libtorch rewrites a function after some calls
            NDArray input = array(manager, x, SHAPE, DataType.FLOAT32);
            NDArray weights = array(manager, upstream, SHAPE, DataType.FLOAT32);
            NDList inputs = new NDList(input, labelArray);
            NDArray y = Run.backward(layer, inputs, weights, call % 2 == 0);

            checkInstances(expected, y, input.getGradient());
            NDArray dgamma = Run.gradient(parameter(layer, "gamma"));
            NDArray dbeta = Run.gradient(parameter(layer, "beta"));
            assertClose("dgamma", dgamma, gammaGradient, terms, 3);
            assertClose("dbeta", dbeta, betaGradient, terms, 3);
            assertThat(dgamma.get("2").toFloatArray()).containsOnly(0);
        }
    }

    @Test
    void theChannelsMayBeLastBesideLabels() {
        ConditionalInstanceNorm first = conditional(5, 1);
        ConditionalInstanceNorm last = conditional(5, -1);
        double[] gamma = normal(101, 5 * CHANNELS, 1, 0.5);
        Run.set(parameter(first, "gamma"), gamma);
        Run.set(parameter(last, "gamma"), gamma);
        NDArray x = manager.randomNormal(SHAPE);
        NDArray labels = manager.create(new long[] {4, 0, 2});

        NDArray y = Run.forward(last, new NDList(x.transpose(0, 2, 3, 1), labels), Run.EVALUATION);

        assertThat(y.transpose(0, 3, 1, 2).toFloatArray())
                .isEqualTo(
                        Run.forward(first, new NDList(x, labels), Run.EVALUATION).toFloatArray());
    }

    @ParameterizedTest
    @CsvSource({"FLOAT64, FLOAT64", "FLOAT64, FLOAT32", "FLOAT16, FLOAT16", "FLOAT16, FLOAT32"})
    @OnPyTorch("other engines have no float16 on the CPU")
    void everyCombinationOfTypesIsAsExactAsTheInputsType(DataType type, DataType parameters) {
        double[] x = squares(SIZE);
        ConditionalInstanceNorm layer = ConditionalInstanceNorm.builder().setNumClasses(1).build();
        layer.initialize(manager, parameters, SHAPE, new Shape(INSTANCES));
        double[] gamma = {1, 2, -0.5, 4};
        Run.set(parameter(layer, "gamma"), gamma);
        NDArray input = array(manager, x, SHAPE, type);

        NDArray y =
                Run.forward(
                        layer,
                        new NDList(input, manager.zeros(new Shape(INSTANCES))),
                        Run.TRAINING);

        assertThat(y.getDataType()).isEqualTo(type);
        for (int n = 0; n < INSTANCES; n++) {
            Reference expected = instance(x, n, gamma, new double[CHANNELS], EPSILON);
            assertClose("y " + n, y.get(n), expected.output, expected.outputTerms, 3);
        }
    }

    @Test
    void parametersOfClassesHaveTheirOwnShape() {
        ConditionalInstanceNorm layer = conditional(5, 1);

        assertThat(layer.getNumClasses()).isEqualTo(5);
        assertThat(parameter(layer, "gamma").getShape()).isEqualTo(new Shape(5, CHANNELS));
        assertThat(parameter(layer, "beta").getShape()).isEqualTo(new Shape(5, CHANNELS));
    }

    @ParameterizedTest
    @ValueSource(ints = {INSTANCES, 1})
    void theContentTakesOnTheStylesMeanAndDeviation(int styles) {
        checkStyle(normal(104, SIZE, 0.5, 2), style(styles, 3, 2), EPSILON, 3);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-30, 1e15, 1e19, 1e25})
    @OnPyTorch("the formula alone scales no extreme magnitudes")
    void styleAndContentMayBeOfAnyMagnitude(double magnitude) {
        double[] x = normal(104, SIZE, 0.5, 2);
        double[] style = style(INSTANCES, 0.5, 1);
        Arrays.setAll(style, i -> (float) (style[i] * magnitude));
        float ownEpsilon = EPSILON * (1 + (float) Math.log10(magnitude) / 1000);

        checkStyle(x, style, ownEpsilon, 4);
        checkStyle(style(INSTANCES, POSITIONS, style), style, ownEpsilon, 4);
    }

    private void checkStyle(double[] x, double[] style, float epsilon, double ulps) {
        int styles = style.length / CHANNELS / STYLE_POSITIONS;
        StyleReference expected = new StyleReference(x, style, epsilon);
        AdaptiveInstanceNorm layer = AdaptiveInstanceNorm.builder().optEpsilon(epsilon).build();
        Shape styleShape = new Shape(styles, CHANNELS, 5, 2);
        layer.initialize(manager, DataType.FLOAT32, SHAPE, styleShape);

        for (int call = 0; call < 6; call++) { // libtorch rewrites a function after some calls
            NDArray content = array(manager, x, SHAPE, DataType.FLOAT32);
            NDArray styleArray = array(manager, style, styleShape, DataType.FLOAT32);
            styleArray.setRequiresGradient(true);
            NDArray weights = array(manager, upstream, SHAPE, DataType.FLOAT32);
            NDList inputs = new NDList(content, styleArray);
            NDArray y = Run.backward(layer, inputs, weights, call % 2 == 0);

            for (int n = 0; n < INSTANCES; n++) {
                Reference instance = expected.instances[n];
                assertClose("y " + n, y.get(n), instance.output, instance.outputTerms, ulps);
                assertClose(
                        "dx " + n,
                        content.getGradient().get(n),
                        instance.inputGradient,
                        instance.inputGradientTerms,
                        ulps);
            }
            assertClose(
                    "dstyle",
                    styleArray.getGradient(),
                    expected.styleGradient,
                    expected.styleGradientTerms,
                    ulps);
        }
    }

    @Test
    void theChannelsMayBeLastInContentAndStyle() {
        AdaptiveInstanceNorm layer = AdaptiveInstanceNorm.builder().optAxis(-1).build();
        NDArray x = manager.randomNormal(SHAPE);
        NDArray style = manager.randomNormal(STYLE_SHAPE);
        NDList last = new NDList(x.transpose(0, 2, 3, 1), style.transpose(0, 2, 3, 1));
        layer.initialize(manager, DataType.FLOAT32, Layers.shapes(last));

        NDArray y = Run.forward(layer, last, Run.EVALUATION);

        assertThat(y.transpose(0, 3, 1, 2).toFloatArray())
                .isEqualTo(
                        AdaptiveInstanceNorm.adaptiveInstanceNorm(x, style, EPSILON)
                                .get(0)
                                .toFloatArray());
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT64", "FLOAT16"})
    void otherTypesAreAsExactAsTheyAre(DataType type) {
        double[] x = squares(SIZE);
        double[] style = squares(INSTANCES * CHANNELS * STYLE_POSITIONS);
        StyleReference expected = new StyleReference(x, style, EPSILON);

        NDArray y =
                AdaptiveInstanceNorm.adaptiveInstanceNorm(
                                array(manager, x, SHAPE, type),
                                array(manager, style, STYLE_SHAPE, type),
                                EPSILON)
                        .get(0);

        assertThat(y.getDataType()).isEqualTo(type);
        for (int n = 0; n < INSTANCES; n++) {
            Reference instance = expected.instances[n];
            assertClose("y " + n, y.get(n), instance.output, instance.outputTerms, 3);
        }
    }

    /** Each of 10 values has a tenth of its channel's mean, which 3 times 12 results have whole. */
    @Test
    void aConstantStyleGivesItsValueAndTakesTheGradientOfItsMean() {
        NDArray style = manager.full(new Shape(1, CHANNELS, 5, 2), 7f);
        style.setRequiresGradient(true);
        NDArray content = manager.arange(SIZE).toType(DataType.FLOAT32, false).reshape(SHAPE);

        NDArray y =
                Run.backward(
                        x -> AdaptiveInstanceNorm.adaptiveInstanceNorm(x, style, 1e-20f).get(0),
                        content,
                        manager.ones(SHAPE));

        assertThat(y.toFloatArray()).containsOnly(7);
        assertThat(style.getGradient().toFloatArray()).containsOnly(3.6f);
    }

    @Test
    void emptyBatchesGiveEmptyBatches() {
        NDArray empty = manager.create(new Shape(0, CHANNELS, 5));
        ConditionalInstanceNorm layer = conditional(5, 1);
        NDArray labels = manager.create(new Shape(0), DataType.INT64);

        assertThat(
                        Run.backward(layer, new NDList(empty, labels), empty.onesLike(), true)
                                .getShape())
                .isEqualTo(empty.getShape());
        assertThat(
                        AdaptiveInstanceNorm.adaptiveInstanceNorm(
                                        empty, manager.ones(new Shape(1, CHANNELS, 2)), EPSILON)
                                .get(0)
                                .getShape())
                .isEqualTo(empty.getShape());
    }

    private void checkInstances(Reference[] expected, NDArray y, NDArray dx) {
        for (int n = 0; n < INSTANCES; n++) {
            Reference instance = expected[n];
            assertClose("y " + n, y.get(n), instance.output, instance.outputTerms, 3);
            assertClose(
                    "dx " + n, dx.get(n), instance.inputGradient, instance.inputGradientTerms, 3);
        }
    }

    private ConditionalInstanceNorm conditional(int classes, int axis) {
        ConditionalInstanceNorm layer =
                ConditionalInstanceNorm.builder().setNumClasses(classes).optAxis(axis).build();
        Shape shape = axis == 1 ? SHAPE : new Shape(INSTANCES, 3, 4, CHANNELS);
        layer.initialize(manager, DataType.FLOAT32, shape, new Shape(INSTANCES));
        return layer;
    }

    private Reference instance(double[] x, int n, double[] gamma, double[] beta, double epsilon) {
        int size = CHANNELS * POSITIONS;
        return new Reference(
                        Arrays.copyOfRange(x, n * size, (n + 1) * size),
                        1,
                        CHANNELS,
                        POSITIONS,
                        CHANNELS,
                        gamma,
                        beta,
                        epsilon)
                .backward(gamma, Arrays.copyOfRange(upstream, n * size, (n + 1) * size));
    }

    private static Parameter parameter(ChannelNorm layer, String name) {
        return layer.getParameters().get(name);
    }

    private static double[] row(double[] values, int row) {
        return Arrays.copyOfRange(values, row * CHANNELS, (row + 1) * CHANNELS);
    }

    private static double[] style(int styles, double mean, double deviation) {
        return normal(105, styles * CHANNELS * STYLE_POSITIONS, mean, deviation);
    }

    /** Values repeated to the size of a content. */
    private static double[] style(int instances, int positions, double[] values) {
        double[] repeated = new double[instances * CHANNELS * positions];
        Arrays.setAll(repeated, i -> values[i % values.length]);
        return repeated;
    }

    private static double[] squares(int size) {
        double[] values = new double[size];
        Arrays.setAll(values, i -> 100 * (i * i % 17));
        return values;
    }

    /** The formula: normalization of each instance with its style's deviation and mean. */
    private final class StyleReference {

        final Reference[] instances = new Reference[INSTANCES];
        final double[] styleGradient;
        final double[] styleGradientTerms;

        StyleReference(double[] x, double[] style, double epsilon) {
            styleGradient = new double[style.length];
            styleGradientTerms = new double[style.length];
            int size = CHANNELS * STYLE_POSITIONS;
            for (int n = 0; n < INSTANCES; n++) {
                int first = style.length == size ? 0 : n * size;
                double[] values = Arrays.copyOfRange(style, first, first + size);
                double[] mean = new double[CHANNELS];
                double[] deviation = new double[CHANNELS];
                for (int i = 0; i < size; i++) {
                    mean[i / STYLE_POSITIONS] += values[i] / STYLE_POSITIONS;
                }
                for (int i = 0; i < size; i++) {
                    double centered = values[i] - mean[i / STYLE_POSITIONS];
                    deviation[i / STYLE_POSITIONS] += centered * centered / STYLE_POSITIONS;
                }
                Arrays.setAll(deviation, c -> Math.sqrt(deviation[c] + epsilon));
                instances[n] = instance(x, n, deviation, mean, epsilon);
                for (int i = 0; i < size; i++) {
                    int c = i / STYLE_POSITIONS;
                    double slope = (values[i] - mean[c]) / deviation[c];
                    styleGradient[first + i] +=
                            (instances[n].betaGradient[c] + instances[n].gammaGradient[c] * slope)
                                    / STYLE_POSITIONS;
                    styleGradientTerms[first + i] +=
                            (instances[n].betaGradientTerms[c]
                                            + instances[n].gammaGradientTerms[c]
                                                    * (1 + Math.abs(slope)))
                                    / STYLE_POSITIONS;
                }
            }
        }
    }
}
