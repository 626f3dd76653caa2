package io.github.djlnorm.internal.kernel;

import ai.djl.ndarray.NDArray;

/** A function of the normalized values that a kernel applies in the same call, in place. */
public enum Activation {
    /** The identity. */
    NONE(0),
    /** max(x, 0). */
    RELU(1),
    /** x where it is positive, 0.01 x elsewhere. */
    LEAKY_RELU(2),
    /** The hyperbolic tangent. */
    TANH(3);

    private final int code;

    Activation(int code) {
        this.code = code;
    }

    /**
     * Applies the function by an operation of its own.
     *
     * @param y the values
     * @return an array of the same shape and type
     */
    public NDArray apply(NDArray y) {
        return switch (this) {
            case NONE -> y;
            case RELU -> ai.djl.nn.Activation.relu(y);
            case LEAKY_RELU -> ai.djl.nn.Activation.leakyRelu(y, 0.01f);
            case TANH -> ai.djl.nn.Activation.tanh(y);
        };
    }

    /** The number by which kernels that are not written in Java know the function. */
    int code() {
        return code;
    }
}
