package io.github.djlnorm.internal.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.SparseFormat;
import io.github.djlnorm.internal.Refusal;
import io.github.djlnorm.torch.TorchFunction;

/** Which kernel runs: decided here, for all layers. */
public final class KernelChoice {

    /** The system property that forces a kernel: cpu (the default), torch or formula. */
    public static final String PROPERTY = "io.github.djlnorm.kernel";

    private static final Kernel FAVORITE = favorite(System.getProperty(PROPERTY, "cpu"));

    private KernelChoice() {}

    private static Kernel favorite(String name) {
        return switch (name) {
            case "cpu" -> CpuKernel.INSTANCE;
            case "torch" -> TorchKernel.INSTANCE;
            case "formula" -> FormulaKernel.INSTANCE;
            default ->
                    throw Refusal.of(
                            "the system property " + PROPERTY + " must name a kernel",
                            "cpu, torch or formula",
                            name,
                            "leave it out for the fastest that is there");
        };
    }

    /**
     * Tells which kernel normalizes groups of an array.
     *
     * @param x the array
     * @param gamma the scale of each channel, or null
     * @param beta the shift of each channel, or null
     * @return the simple name of its class
     */
    public static String nameFor(NDArray x, NDArray gamma, NDArray beta) {
        return of(x, Epilogue.of(gamma, beta)).getClass().getSimpleName();
    }

    /** The kernel for an input, which may pass on to TorchKernel what it does not take. */
    static Kernel of(NDArray x, Epilogue epilogue) {
        if (!TorchFunction.takes(x)) {
            return FormulaKernel.INSTANCE;
        } else if (FAVORITE != CpuKernel.INSTANCE) {
            return FAVORITE;
        }
        boolean takes =
                x.getDataType() == DataType.FLOAT32
                        && !x.getDevice().isGpu()
                        && x.getSparseFormat() == SparseFormat.DENSE
                        && CpuLibrary.isLoaded()
                        && !CpuKernel.isRecorded(x, epilogue);
        return takes ? CpuKernel.INSTANCE : TorchKernel.INSTANCE;
    }
}
