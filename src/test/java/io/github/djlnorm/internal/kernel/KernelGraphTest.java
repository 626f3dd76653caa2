package io.github.djlnorm.internal.kernel;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.testing.GarbageCollection;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether all that autograd's graph of either arithmetic holds is libtorch's own. */
@OnPyTorch("it compares kernels of libtorch's")
class KernelGraphTest {

    private static final int CHANNELS = 6;
    private static final Shape SHAPE = new Shape(4, CHANNELS, 5, 4);
    private static final double EPSILON = 1e-3;

    /** A kernel's function of data, scale and shift. */
    private interface Call {
        NDArray run(Kernel kernel, NDArray x, NDArray gamma, NDArray beta);
    }

    private static final Map<String, Call> CALLS =
            Map.of(
                    "groups",
                    (kernel, x, gamma, beta) ->
                            kernel.normalizeGroups(x, 2, EPSILON, Epilogue.of(gamma, beta)),
                    "groups, leaky ReLU",
                    (kernel, x, gamma, beta) ->
                            kernel.normalizeGroups(
                                    x,
                                    2,
                                    EPSILON,
                                    new Epilogue(gamma, beta, Activation.LEAKY_RELU)),
                    "groups, tanh",
                    (kernel, x, gamma, beta) ->
                            kernel.normalizeGroups(
                                    x, 2, EPSILON, new Epilogue(gamma, beta, Activation.TANH)),
                    "rows",
                    (kernel, x, gamma, beta) ->
                            kernel.normalizeRows(
                                    x.transpose(0, 2, 3, 1).reshape(-1, CHANNELS),
                                    EPSILON,
                                    Epilogue.of(gamma, beta)),
                    "valid positions",
                    (kernel, x, gamma, beta) ->
                            kernel.normalizeValid(
                                    x,
                                    x.get(":, 0").gt(-0.5),
                                    2,
                                    EPSILON,
                                    Epilogue.of(gamma, beta)),
                    "channels, with running statistics",
                    (kernel, x, gamma, beta) ->
                            kernel.normalizeChannels(x, EPSILON, Epilogue.of(gamma, beta)).get(0),
                    "given statistics",
                    (kernel, x, gamma, beta) ->
                            kernel.normalizeByConstants(
                                    x,
                                    zeros(x).addi(0.5),
                                    zeros(x).addi(2),
                                    EPSILON,
                                    Epilogue.of(gamma, beta)),
                    "root mean square",
                    (kernel, x, gamma, beta) ->
                            kernel.normalizeByRootMeanSquare(x, gamma, EPSILON)
                                    .add(beta.reshape(CHANNELS, 1, 1)),
                    "mean",
                    (kernel, x, gamma, beta) ->
                            kernel.meanAndDeviation(x, EPSILON).get(0).mul(gamma).add(beta),
                    "deviation",
                    (kernel, x, gamma, beta) ->
                            kernel.meanAndDeviation(x, EPSILON).get(1).mul(gamma).add(beta));

    static Stream<Arguments> calls() {
        return CALLS.keySet().stream()
                .sorted()
                .flatMap(
                        name ->
                                Stream.of(TorchKernel.INSTANCE, FormulaKernel.INSTANCE)
                                        .map(kernel -> arguments(name, kernel)));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void aGarbageCollectionLeavesGradients(String name, Kernel kernel) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.randomNormal(SHAPE);
            NDArray gamma = manager.randomNormal(new Shape(CHANNELS));
            NDArray beta = manager.randomNormal(new Shape(CHANNELS));
            List<NDArray> variables = List.of(x, gamma, beta);
            variables.forEach(variable -> variable.setRequiresGradient(true));
            GarbageCollection.assertKeepsGradients(
                    () -> CALLS.get(name).run(kernel, x, gamma, beta), variables);
        }
    }

    private static NDArray zeros(NDArray x) {
        return x.getManager().zeros(new Shape(CHANNELS), DataType.FLOAT32);
    }
}
