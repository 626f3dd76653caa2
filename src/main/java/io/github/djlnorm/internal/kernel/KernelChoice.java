package io.github.djlnorm.internal.kernel;

import ai.djl.ndarray.NDArray;
import io.github.djlnorm.torch.TorchFunction;

/** Which kernel runs: decided here, for all layers. */
final class KernelChoice {

    private KernelChoice() {}

    /** The kernel for an input. */
    static Kernel of(NDArray x, Epilogue epilogue) {
        if (!TorchFunction.takes(x)) {
            return FormulaKernel.INSTANCE;
        }
        return TorchKernel.INSTANCE;
    }
}
