package io.github.djlnorm.samples;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/** Arithmetic with numbers in what is trained. */
final class Numbers {

    private Numbers() {}

    /**
     * Multiplies by a number in libtorch's memory. DJL's own {@code x.mul(number)} leaves it in a
     * Java buffer that a garbage collection before the backward pass frees, and gradients are
     * wrong.
     */
    static NDArray times(NDArray x, double number) {
        try (NDArray factor = x.getManager().zeros(new Shape(), x.getDataType()).addi(number)) {
            return x.mul(factor);
        }
    }
}
