package io.github.djlnorm.internal.kernel;

import ai.djl.ndarray.NDArray;

/**
 * What becomes of a value once it is normalized.
 *
 * @param gamma the scale of each channel, of shape (C), or null for one
 * @param beta the shift of each channel, of shape (C), or null for zero
 * @param activation what follows the shift
 */
public record Epilogue(NDArray gamma, NDArray beta, Activation activation) {

    static final Epilogue NOTHING = of(null, null);

    /**
     * Without an activation.
     *
     * @param gamma the scale of each channel, or null
     * @param beta the shift of each channel, or null
     * @return the scale and the shift
     */
    public static Epilogue of(NDArray gamma, NDArray beta) {
        return new Epilogue(gamma, beta, Activation.NONE);
    }
}
