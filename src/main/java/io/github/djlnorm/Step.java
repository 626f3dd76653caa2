package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * What becomes of values whose statistics are known.
 *
 * @param affine the scale and shift of each channel
 * @param epsilon what is added to the variance
 * @param activation what follows in place, or null
 */
record Step(Affine affine, float epsilon, FusedActivation activation) {

    /** Without an activation. */
    static Step of(Affine affine, float epsilon) {
        return new Step(affine, epsilon, null);
    }

    /** With the scale and shift that suit an input of shape (N, C, *). */
    Step bothOrNoneFor(NDArray x) {
        return bothOrNoneFor(x, x.getShape());
    }

    /** With the scale and shift that suit what an input becomes, of shape (N, C, *). */
    Step bothOrNoneFor(NDArray input, Shape shape) {
        return new Step(affine.bothOrNoneFor(input, shape.get(1)), epsilon, activation);
    }
}
