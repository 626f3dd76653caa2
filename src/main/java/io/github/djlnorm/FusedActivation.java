package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import java.util.Arrays;
import java.util.Optional;

/**
 * An activation that a normalization layer applies in the same call, in place, so that the output
 * of the normalization needs no memory of its own.
 *
 * <p>These are functions whose gradient follows from their result, which is all that autograd then
 * keeps. They leave zero at zero, and with it what a mask left out.
 */
public enum FusedActivation {
    /** max(x, 0). */
    RELU("ReLU", "torch.relu_(y)"),
    /** x where it is positive, 0.01 x elsewhere, as PyTorch's {@code nn.LeakyReLU()}. */
    LEAKY_RELU("", "torch.leaky_relu_(y, 0.01)"),
    /** The hyperbolic tangent. */
    TANH("Tanh", "torch.tanh_(y)");

    // What DJL calls its block of the same function, unless that has options.
    private final String blockName;
    private final String inPlace;

    FusedActivation(String blockName, String inPlace) {
        this.blockName = blockName;
        this.inPlace = inPlace;
    }

    /** The activation that one of DJL's blocks applies, if it is one of these. */
    static Optional<FusedActivation> of(Block block) {
        return block instanceof LambdaBlock lambda
                ? Arrays.stream(values())
                        .filter(activation -> activation.blockName.equals(lambda.getName()))
                        .findFirst()
                : Optional.empty();
    }

    /** TorchScript that applies an activation, or none if that is null, to a tensor y in place. */
    static String inPlace(FusedActivation activation) {
        return activation == null ? "y" : activation.inPlace;
    }

    /** Applies an activation, or none if that is null, in a call of its own. */
    static NDArray apply(FusedActivation activation, NDArray y) {
        return activation == null
                ? y
                : switch (activation) {
                    case RELU -> Activation.relu(y);
                    case LEAKY_RELU -> Activation.leakyRelu(y, 0.01f);
                    case TANH -> Activation.tanh(y);
                };
    }
}
