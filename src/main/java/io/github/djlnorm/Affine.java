package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * The scale and shift of each channel, of shape (C); either may be null. Those that are not used
 * still tell how many channels there are.
 */
record Affine(NDArray gamma, NDArray beta, boolean used) {

    static Affine of(NDArray gamma, NDArray beta) {
        return new Affine(gamma, beta, gamma != null || beta != null);
    }

    void check(NDArray input, int channelAxis) {
        Require.parameter("gamma", gamma, input, channelAxis);
        Require.parameter("beta", beta, input, channelAxis);
    }

    /**
     * Fills in what is absent, for both or none: libtorch is more exact without them than with one
     * and zero, but would keep the statistics of float16 input in float16.
     */
    Affine fullFor(NDArray input, int channelAxis) {
        if (!used && input.getDataType() != DataType.FLOAT16) {
            return new Affine(null, null, false);
        }
        NDManager manager = input.getManager();
        Shape perChannel = new Shape(input.getShape().get(channelAxis));
        return new Affine(
                used && gamma != null ? gamma : manager.ones(perChannel),
                used && beta != null ? beta : manager.zeros(perChannel),
                true);
    }
}
