package io.github.djlnorm.internal.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.github.djlnorm.internal.Refusal;
import io.github.djlnorm.torch.TorchFunction;
import java.util.Objects;
import java.util.stream.Stream;

/** Which kernel runs: decided here, for all layers. */
public final class KernelChoice {

    /**
     * The system property that forces a kernel: cpu (the default), torch or formula, each where it
     * can do the work.
     */
    private static final String PROPERTY = "io.github.djlnorm.kernel";

    private static volatile String forced = System.getProperty(PROPERTY, "cpu");

    private KernelChoice() {}

    /**
     * Returns the kernel that is forced.
     *
     * @return what the system property said when this class was loaded, cpu if nothing, or what was
     *     forced since
     */
    public static String forced() {
        return forced;
    }

    /**
     * Forces a kernel in place of what the system property says, for the whole process, so that the
     * kernels can be compared in one.
     *
     * @param kernel cpu, torch or formula; another is refused when it is to be used
     */
    public static void force(String kernel) {
        forced = kernel;
    }

    /**
     * Tells which kernel normalizes groups of an array.
     *
     * @param x the array
     * @param gamma the scale of each channel, or null
     * @param beta the shift of each channel, or null
     * @return the simple name of its class
     * @throws IllegalArgumentException if the system property names no kernel
     */
    public static String nameFor(NDArray x, NDArray gamma, NDArray beta) {
        return of(x, Epilogue.of(gamma, beta)).getClass().getSimpleName();
    }

    /**
     * Loads the native library, if it may be needed, so that no call has to wait for it.
     *
     * @param manager a manager of arrays that kernels are to work on
     */
    public static void prepare(NDManager manager) {
        if (forced.equals("cpu") && TorchFunction.takesArraysOf(manager)) {
            CpuLibrary.isLoaded();
        }
    }

    /** The kernel for an input, which may pass on to TorchKernel what it does not take. */
    static Kernel of(NDArray x, Epilogue epilogue) {
        return TorchFunction.takes(x) ? of(forced, x, epilogue) : FormulaKernel.INSTANCE;
    }

    /** As {@link #of}, for work that autograd may record for the sake of other arrays. */
    static Kernel ofRecorded(NDArray x, Epilogue epilogue) {
        Kernel kernel = of(x, epilogue);
        return kernel == CpuKernel.INSTANCE ? TorchKernel.INSTANCE : kernel;
    }

    static Kernel of(String forced, NDArray x, Epilogue epilogue) {
        return switch (forced) {
            case "cpu" -> isForCpuKernel(x, epilogue) ? CpuKernel.INSTANCE : TorchKernel.INSTANCE;
            case "torch" -> TorchKernel.INSTANCE;
            case "formula" ->
                    isOfOneType(x, epilogue) ? FormulaKernel.INSTANCE : TorchKernel.INSTANCE;
            default ->
                    throw Refusal.of(
                            "the system property " + PROPERTY + " must name a kernel",
                            "cpu, torch or formula",
                            forced,
                            "leave it out for the fastest that is there");
        };
    }

    private static boolean isForCpuKernel(NDArray x, Epilogue epilogue) {
        return x.getDataType() == DataType.FLOAT32
                && !x.getDevice().isGpu()
                && CpuLibrary.isLoaded()
                && !CpuKernel.isRecorded(x, epilogue);
    }

    /** Whether the formula needs no conversion, which on this engine would cut gradients. */
    private static boolean isOfOneType(NDArray x, Epilogue epilogue) {
        return x.getDataType() != DataType.FLOAT16
                && Stream.of(epilogue.gamma(), epilogue.beta())
                        .filter(Objects::nonNull)
                        .allMatch(parameter -> parameter.getDataType() == x.getDataType());
    }
}
