package io.github.djlnorm.samples.nets;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/** Arithmetic with numbers in what is trained. */
public final class GraphNumbers {

    private GraphNumbers() {}

    /**
     * Multiplies by a number in libtorch's memory. DJL's own {@code x.mul(number)} leaves it in a
     * Java buffer that a garbage collection before the backward pass frees, and gradients are
     * wrong.
     */
    public static NDArray times(NDArray x, float number) {
        try (NDArray factor = x.getManager().full(new Shape(), number, x.getDataType())) {
            return x.mul(factor);
        }
    }
}
