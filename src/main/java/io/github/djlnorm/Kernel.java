package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * How the arithmetic of normalization is carried out on a checked input of shape (N, C, *), with
 * both scale and shift or, where these are not used, none. Statistics are float64 for float64
 * input, and float32 for any other.
 */
interface Kernel {

    /** Normalizes each group of each instance with its own mean and biased variance. */
    NDArray normalize(NDArray x, int numGroups, Affine affine, float epsilon);

    /**
     * As {@link #normalize}, with one group per channel; returns the output, and each channel's
     * mean and biased variance, of shape (N, C) and outside autograd.
     */
    NDList normalizeChannels(NDArray x, Affine affine, float epsilon);

    /** Normalizes each channel with the given mean and variance of shape (C). */
    NDArray normalizeWith(NDArray x, NDArray mean, NDArray variance, Affine affine, float epsilon);
}
