package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.github.djlnorm.internal.kernel.Activation;
import java.util.function.Supplier;

/**
 * An activation that a normalization layer applies in the same call, in place, so that the output
 * of the normalization needs no memory of its own.
 *
 * <p>These are functions whose gradient follows from their result, which is all that autograd then
 * keeps. They leave zero at zero, and with it what a mask left out.
 */
public enum FusedActivation implements Supplier<Block> {
    /** max(x, 0). */
    RELU(Activation.RELU),
    /** x where it is positive, 0.01 x elsewhere, as PyTorch's {@code nn.LeakyReLU()}. */
    LEAKY_RELU(Activation.LEAKY_RELU),
    /** The hyperbolic tangent. */
    TANH(Activation.TANH);

    private final Activation function;

    FusedActivation(Activation function) {
        this.function = function;
    }

    /** What the kernels know an activation as, or none if it is null. */
    static Activation ofKernel(FusedActivation activation) {
        return activation == null ? Activation.NONE : activation.function;
    }

    /**
     * Makes a block of the activation, for a place where no layer can apply it.
     *
     * @return a new block
     */
    @Override
    public Block get() {
        return LambdaBlock.singleton((NDArray x) -> function.apply(x), name());
    }
}
