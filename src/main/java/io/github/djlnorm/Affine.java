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

    /** Both or none, whichever libtorch's group normalization is more exact with. */
    Affine bothOrNoneFor(NDArray input, long channels) {
        // None is more exact than one and zero, but leaves the statistics of float16 in float16.
        return used || input.getDataType() == DataType.FLOAT16 ? bothFor(input, channels) : this;
    }

    /** Both, with one and zero for what is absent or not used, for an input of shape (N, C, *). */
    Affine bothFor(NDArray x) {
        return bothFor(x, x.getShape().get(1));
    }

    private Affine bothFor(NDArray input, long channels) {
        if (used && gamma != null && beta != null) {
            return this;
        }
        NDManager manager = input.getManager();
        Shape perChannel = new Shape(channels);
        return new Affine(
                used && gamma != null ? gamma : manager.ones(perChannel),
                used && beta != null ? beta : manager.zeros(perChannel),
                true);
    }
}
