package io.github.djlnorm.torch;

import static java.lang.invoke.MethodType.methodType;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.util.Optional;

/**
 * The native methods below DJL's way, which tries regular expressions on the name of each argument
 * and makes an object with an identifying text for it: that takes as long as a small tensor does.
 *
 * <p>DJL keeps these methods to itself, so that another version may not have them.
 */
final class NativeCall implements ModuleCall {

    private static final boolean SEPARATE_CUDA_STREAM =
            Boolean.getBoolean("ai.djl.pytorch.enable_cuda_stream");

    // Handles in static final fields become calls like any other.
    private static final MethodHandle FROM_TENSOR =
            find("iValueFromTensor", methodType(long.class, long.class));
    private static final MethodHandle RUN =
            find(
                    "moduleRunMethod",
                    methodType(
                            long.class,
                            long.class,
                            String.class,
                            long[].class,
                            boolean.class,
                            boolean.class));
    private static final MethodHandle IS_TENSOR =
            find("iValueIsTensor", methodType(boolean.class, long.class));
    private static final MethodHandle TO_TENSOR =
            find("iValueToTensor", methodType(long.class, long.class));
    private static final MethodHandle TO_TUPLE =
            find("iValueToIValueTuple", methodType(long[].class, long.class));
    private static final MethodHandle DELETE =
            find("torchDeleteIValue", methodType(void.class, long.class));

    private NativeCall() {}

    /** This way, if DJL has the methods. */
    static Optional<ModuleCall> find() {
        boolean complete =
                FROM_TENSOR != null
                        && RUN != null
                        && IS_TENSOR != null
                        && TO_TENSOR != null
                        && TO_TUPLE != null
                        && DELETE != null;
        return complete ? Optional.of(new NativeCall()) : Optional.empty();
    }

    private static MethodHandle find(String name, MethodType type) {
        try {
            Class<?> library = Class.forName("ai.djl.pytorch.jni.PyTorchLibrary");
            Field instance = library.getDeclaredField("LIB");
            instance.setAccessible(true);
            return MethodHandles.privateLookupIn(library, MethodHandles.lookup())
                    .findVirtual(library, name, type)
                    .bindTo(instance.get(null));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    @Override
    public NDList run(PtSymbolBlock module, NDList inputs) {
        try {
            return forward(module.getHandle(), inputs);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a native method throws no checked exception", e);
        }
    }

    private static NDList forward(long module, NDList inputs) throws Throwable {
        long[] arguments = new long[inputs.size()];
        long result = 0;
        try {
            for (int i = 0; i < arguments.length; i++) {
                long tensor = ((PtNDArray) inputs.get(i)).getHandle();
                arguments[i] = (long) FROM_TENSOR.invokeExact(tensor);
            }
            result =
                    (long)
                            RUN.invokeExact(
                                    module, "forward", arguments, true, SEPARATE_CUDA_STREAM);
            return arrays(result, (PtNDManager) inputs.get(0).getManager());
        } finally {
            delete(result);
            for (long argument : arguments) {
                delete(argument);
            }
        }
    }

    private static NDList arrays(long result, PtNDManager manager) throws Throwable {
        if ((boolean) IS_TENSOR.invokeExact(result)) {
            return new NDList(array(result, manager));
        }
        NDList arrays = new NDList();
        for (long element : (long[]) TO_TUPLE.invokeExact(result)) {
            arrays.add(array(element, manager));
            delete(element);
        }
        return arrays;
    }

    private static NDArray array(long tensor, PtNDManager manager) throws Throwable {
        return new PtNDArray(manager, (long) TO_TENSOR.invokeExact(tensor));
    }

    private static void delete(long value) throws Throwable {
        if (value != 0) { // else it was not made
            DELETE.invokeExact(value);
        }
    }
}
