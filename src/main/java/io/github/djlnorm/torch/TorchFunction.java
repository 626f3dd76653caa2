package io.github.djlnorm.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

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
 * distinct source and constants, as long as they are among the last 256 that were asked for, and
 * may be called from many threads.
 */
public final class TorchFunction {

    private static final int MOST_LOADED = 256;
    private static final Map<Key, TorchFunction> LOADED = new LinkedHashMap<>(16, 0.75f, true);
    private static final Cleaner CLEANER = Cleaner.create();

    private final PtSymbolBlock module;

    private TorchFunction(Key key) {
        byte[] archive = TorchScriptArchive.of(key.source, new TreeMap<>(key.constants));
        NDManager manager = newCpuManager();
        try {
            module =
                    JniUtils.loadModule(
                            (PtNDManager) manager, new ByteArrayInputStream(archive), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException("A stream in memory cannot fail to be read", e);
        } catch (RuntimeException e) {
            manager.close();
            throw new TorchFunctionException("libtorch does not compile the function", e);
        }
        CLEANER.register(this, manager::close); // the module is its manager's
    }

    /**
     * Returns the function of the given source and constants, loading it on first use.
     *
     * @param source TorchScript of one method {@code forward(self, ...)} whose arguments are all of
     *     type Tensor and which returns a Tensor or a tuple of Tensors
     * @param constants the attributes of {@code self} by name: {@code Long}, {@code Double} or
     *     {@code Boolean} values
     * @return the function
     * @throws IllegalArgumentException if a constant is of another type
     * @throws TorchFunctionException if libtorch does not compile the source
     */
    public static TorchFunction of(String source, Map<String, Object> constants) {
        Key key = new Key(source, Map.copyOf(constants));
        synchronized (LOADED) {
            TorchFunction function = LOADED.computeIfAbsent(key, TorchFunction::new);
            if (LOADED.size() > MOST_LOADED) {
                LOADED.remove(LOADED.keySet().iterator().next()); // that used longest ago
            }
            return function;
        }
    }

    /**
     * Tells whether functions can take the given array.
     *
     * @param array an array of any engine
     * @return true if it is of the PyTorch engine
     */
    public static boolean takes(NDArray array) {
        return takesArraysOf(array.getManager());
    }

    /**
     * Tells whether functions can take the arrays of the given manager.
     *
     * @param manager a manager of any engine
     * @return true if it is of the PyTorch engine
     */
    public static boolean takesArraysOf(NDManager manager) {
        return manager.getEngine().getEngineName().equals(PtEngine.ENGINE_NAME);
    }

    /**
     * Tells how many threads libtorch computes with.
     *
     * @return 1 or more
     */
    public static int numThreads() {
        Engine.getEngine(PtEngine.ENGINE_NAME); // loads the native library
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
            return run(inputs);
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

    /** In the gradient mode of the thread, which DJL calls training. */
    private NDList run(NDList inputs) {
        NDList arguments = new NDList(inputs.size());
        NDList aliases = new NDList();
        for (NDArray input : inputs) {
            arguments.add(plainlyNamed(input, aliases));
        }
        try (aliases) {
            return IValueUtils.forward(module, arguments, true);
        } finally {
            Reference.reachabilityFence(
                    this); // else the cleaner may free the module under the call
        }
    }

    private static NDArray plainlyNamed(NDArray input, NDList aliases) {
        if (isPlain(input.getName())) {
            return input;
        }
        NDArray alias = input.reshape(input.getShape());
        aliases.add(alias);
        return alias;
    }

    /** DJL reads names such as "a.b", "x[]" and "module_method:f" as instructions for the call. */
    private static boolean isPlain(String name) {
        for (int i = 0; name != null && i < name.length(); i++) {
            char c = name.charAt(i);
            if (!Character.isLetterOrDigit(c) && c != '_') {
                return false;
            }
        }
        return true;
    }

    /**
     * Makes a manager of arrays on the CPU that no other manager closes.
     *
     * @return a manager of the PyTorch engine
     */
    public static NDManager newCpuManager() {
        return NDManager.newBaseManager(Device.cpu(), PtEngine.ENGINE_NAME);
    }

    private record Key(String source, Map<String, Object> constants) {}
}
