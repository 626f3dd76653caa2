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
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FrozenBatchNormTest {

    private static final int CHANNELS = 4;
    private static final double[] MEAN = {1, -2, 3, 0};
    private static final double[] VARIANCE = {4, 0.25, 1, 9};
    private static final double[] GAMMA = {1, 2, 0.5, -1};
    private static final double[] BETA = {0, 1, -1, 3};

    @Managed private NDManager manager;

    static Stream<Shape> shapes() {
        return Stream.of(
                new Shape(3, CHANNELS),
                new Shape(3, CHANNELS, 6),
                new Shape(3, CHANNELS, 2, 3),
                new Shape(3, CHANNELS, 1, 2, 3));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void outputAndInputGradientAreThoseOfTheFormulaInBothModes(Shape shape) {
        FrozenBatchNorm layer = layer(FrozenBatchNorm.builder(), DataType.FLOAT32, shape);
        int size = (int) shape.size();
        double[] x = normal(61, size, 0, 2);
        double[] upstream = normal(62, size, 0, 1);
        Reference expected =
                expected(x, 1e-5f, size / 3 / CHANNELS).backwardOfGiven(GAMMA, upstream);

        for (int call = 0; call < 6; call++) { // libtorch rewrites a function after some calls
            NDArray input = array(manager, x, shape, DataType.FLOAT32);
            NDArray weights = array(manager, upstream, shape, DataType.FLOAT32);
            NDArray y = Run.backward(layer, input, weights, call % 2 == 0);

            assertClose("y", y, expected.output, expected.outputTerms, 3);
            assertClose("dx", input.getGradient(), expected.inputGradient, 3);
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT64, FLOAT64", "FLOAT64, FLOAT32", "FLOAT16, FLOAT16", "FLOAT16, FLOAT32"})
    @OnPyTorch("other engines have no float16 on the CPU")
    void everyCombinationOfTypesIsAsExactAsTheInputsType(DataType input, DataType parameters) {
        Shape shape = new Shape(2, CHANNELS, 3);
        FrozenBatchNorm layer =
                layer(FrozenBatchNorm.builder().optEpsilon(0.5f), parameters, shape);
        double[] x = new double[(int) shape.size()];
        for (int i = 0; i < x.length; i++) {
            x[i] = i * i % 17;
        }

        NDArray y = Run.forward(layer, array(manager, x, shape, input), Run.EVALUATION);

        Reference expected = expected(x, 0.5f, 3);
        assertThat(y.getDataType()).isEqualTo(input);
        assertClose("y", y, expected.output, expected.outputTerms, 3);
    }

    @Test
    void theChannelsMayBeLast() {
        Shape last = new Shape(2, 3, CHANNELS);
        FrozenBatchNorm layer =
                layer(FrozenBatchNorm.builder().optAxis(-1), DataType.FLOAT32, last);
        double[] x = normal(63, 24, 0, 2);

        NDArray y =
                Run.forward(
                        layer,
                        array(manager, x, 2, CHANNELS, 3).transpose(0, 2, 1),
                        Run.EVALUATION);

        Reference expected = expected(x, 1e-5f, 3);
        assertThat(y.getShape()).isEqualTo(last);
        assertClose("y", y.transpose(0, 2, 1), expected.output, expected.outputTerms, 3);
    }

    @Test
    void aFreshLayerChangesNextToNothing() {
        FrozenBatchNorm layer = FrozenBatchNorm.builder().optEpsilon(0).build();
        Run.initialized(layer, manager, 2, 3, 4);
        NDArray x = manager.randomNormal(new Shape(2, 3, 4));

        assertThat(Run.forward(layer, x, Run.TRAINING).toFloatArray()).isEqualTo(x.toFloatArray());
    }

    @Test
    void unfreezingTrainsNoParameterAndNoCopyOfOne() {
        FrozenBatchNorm layer =
                layer(FrozenBatchNorm.builder(), DataType.FLOAT32, new Shape(2, CHANNELS, 3));
        layer.freezeParameters(false);
        new SequentialBlock().add(layer).freezeParameters(false);
        ParameterStore copies = new ParameterStore(manager, true);
        layer.getParameters()
                .forEach(p -> copies.getValue(p.getValue(), manager.getDevice(), true));
        NDArray x = manager.randomNormal(new Shape(2, CHANNELS, 3));

        layer.forward(copies, new NDList(x), Run.TRAINING);

        for (Parameter parameter : layer.getParameters().values()) {
            assertThat(parameter.requiresGradient()).as(parameter.getName()).isFalse();
            assertThat(parameter.getArray().hasGradient()).as(parameter.getName()).isFalse();
            assertThat(copies.getValue(parameter, manager.getDevice(), true).hasGradient())
                    .as("copy of " + parameter.getName())
                    .isFalse();
        }
    }

    @Test
    void trainingMovesNothing() {
        FrozenBatchNorm layer =
                layer(FrozenBatchNorm.builder(), DataType.FLOAT32, new Shape(2, CHANNELS, 3));

        Run.forward(layer, manager.full(new Shape(2, CHANNELS, 3), 100f), Run.TRAINING);

        assertThat(Run.values(layer, "gamma")).isEqualTo(GAMMA);
        assertThat(Run.values(layer, "beta")).isEqualTo(BETA);
        assertThat(Run.values(layer, "runningMean")).isEqualTo(MEAN);
        assertThat(Run.values(layer, "runningVar")).isEqualTo(VARIANCE);
    }

    @Test
    void anEmptyBatchGivesAnEmptyBatch() {
        Shape empty = new Shape(0, CHANNELS, 3);
        FrozenBatchNorm layer = layer(FrozenBatchNorm.builder(), DataType.FLOAT32, empty);

        NDArray x = manager.create(empty);
        NDArray y = Run.backward(layer, x, manager.create(empty), Run.TRAINING);

        assertThat(y.getShape()).isEqualTo(empty);
        assertThat(x.getGradient().getShape()).isEqualTo(empty);
    }

    private FrozenBatchNorm layer(FrozenBatchNorm.Builder builder, DataType type, Shape shape) {
        FrozenBatchNorm layer = builder.build();
        layer.initialize(manager, type, shape);
        Run.set(layer.getParameters().get("gamma"), GAMMA);
        Run.set(layer.getParameters().get("beta"), BETA);
        Run.set(layer.getParameters().get("runningMean"), MEAN);
        Run.set(layer.getParameters().get("runningVar"), VARIANCE);
        return layer;
    }

    private static Reference expected(double[] x, float epsilon, int positions) {
        return Reference.given(x, CHANNELS, positions, MEAN, VARIANCE, GAMMA, BETA, epsilon);
    }
}
