package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * How the arithmetic of normalization is carried out on a checked input of shape (N, C, *), with
 * gamma and beta of shape (C). Statistics are float64 for float64 input, and float32 for any other.
 * Gamma and beta may both be null, but for float16, whose statistics take their type from them.
 */
interface Kernel {

    /** Normalizes each group of each instance with its own mean and biased variance. */
    NDArray normalize(NDArray x, int numGroups, NDArray gamma, NDArray beta, float epsilon);

    /**
     * As {@link #normalize}, with one group per channel; returns the output, and each channel's
     * mean and biased variance, of shape (N, C) and outside autograd.
     */
    NDList normalizeChannels(NDArray x, NDArray gamma, NDArray beta, float epsilon);

    /** Normalizes each channel with the given mean and variance of shape (C); no null here. */
    NDArray normalizeWith(
            NDArray x, NDArray mean, NDArray variance, NDArray gamma, NDArray beta, float epsilon);
}
