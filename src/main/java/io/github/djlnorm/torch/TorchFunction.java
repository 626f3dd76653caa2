package io.github.djlnorm.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A libtorch function written in TorchScript, callable on the PyTorch engine's arrays.
 *
 * <p>TorchScript reaches every operator of libtorch, the ones DJL has no binding for included. The
 * source is one method named {@code forward}; the constants are attributes of {@code self}:
 *
 * <pre>{@code
 * TorchFunction groupNorm = TorchFunction.of(
 *         """
 *         def forward(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
 *             return torch.group_norm(x, self.groups, weight, bias, self.epsilon)
 *         """,
 *         Map.of("groups", 32L, "epsilon", 1e-5));
 * NDArray y = groupNorm.call(x, weight, bias).singletonOrThrow();
 * }</pre>
 *
 * <p>A function takes part in autograd whenever the calling thread collects gradients, in training
 * and in evaluation alike. It runs on the device of its inputs. Functions are loaded once per
 * distinct source and constants, kept for the life of the process, and may be called from many
 * threads.
 */
public final class TorchFunction {

    private static final Map<Key, TorchFunction> LOADED = new ConcurrentHashMap<>();

    private static final ModuleCall CALL = ModuleCall.shortest();

    private final PtSymbolBlock module;

    private TorchFunction(Key key) {
        byte[] archive = TorchScriptArchive.of(key.source, new TreeMap<>(key.constants));
        PtNDManager manager =
                (PtNDManager) NDManager.newBaseManager(Device.cpu(), PtEngine.ENGINE_NAME);
        try {
            module = JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException("A stream in memory cannot fail to be read", e);
        } catch (RuntimeException e) {
            manager.close();
            throw new TorchFunctionException("libtorch does not compile the function", e);
        }
    }

    /**
     * Returns the function of the given source and constants, loading it on first use.
     *
     * @param source TorchScript of one method {@code forward(self, ...)} whose arguments are all of
     *     type Tensor and which returns a Tensor or a tuple of Tensors
     * @param constants the attributes of {@code self} by name: {@code Long}, {@code Double} or
     *     {@code Boolean} values
     * @return the function, one and the same for equal source and constants
     * @throws IllegalArgumentException if a constant is of another type
     * @throws TorchFunctionException if libtorch does not compile the source
     */
    public static TorchFunction of(String source, Map<String, Object> constants) {
        return LOADED.computeIfAbsent(new Key(source, Map.copyOf(constants)), TorchFunction::new);
    }

    /**
     * Tells whether functions can take the given array.
     *
     * @param array an array of any engine
     * @return true if it is of the PyTorch engine
     */
    public static boolean takes(NDArray array) {
        return array instanceof PtNDArray;
    }

    /**
     * Tells how many threads libtorch computes with.
     *
     * @return 1 or more
     */
    public static int numThreads() {
        return JniUtils.getNumThreads();
    }

    /**
     * Calls the function.
     *
     * @param inputs the arguments in the order of the source, at least one, all of the PyTorch
     *     engine; their names have no influence
     * @return the result, attached to the manager of the first input; its caller closes it
     * @throws IllegalArgumentException if there is no input, or one of another engine
     * @throws TorchFunctionException if libtorch refuses the call, with its message
     */
    public NDList call(NDArray... inputs) {
        return call(new NDList(inputs));
    }

    /**
     * Calls the function, as {@link #call(NDArray...)} does.
     *
     * @param inputs the arguments
     * @return the result
     * @throws IllegalArgumentException if there is no input, or one of another engine
     * @throws TorchFunctionException if libtorch refuses the call, with its message
     */
    public NDList call(NDList inputs) {
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException(
                    "a libtorch function needs at least one input; expected 1 or more, got 0");
        }
        inputs.forEach(TorchFunction::checkTaken);
        try {
            return CALL.run(module, inputs);
        } catch (RuntimeException e) {
            throw new TorchFunctionException("libtorch refuses the call", e);
        }
    }

    private static void checkTaken(NDArray input) {
        if (!takes(input)) {
            throw new IllegalArgumentException(
                    "a libtorch function takes arrays of the PyTorch engine; got one of "
                            + input.getManager().getEngine().getEngineName());
        }
    }

    PtSymbolBlock module() {
        return module;
    }

    private record Key(String source, Map<String, Object> constants) {}
}
