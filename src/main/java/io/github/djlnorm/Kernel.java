package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;

/**
 * How the arithmetic of normalization is carried out on a checked input of shape (N, C, *), with
 * both scale and shift or, where these are not used, none. Statistics are float64 for float64
 * input, and float32 for any other.
 */
interface Kernel {

    /** Normalizes each group of each instance with its own mean and biased variance. */
    NDArray normalize(NDArray x, int numGroups, Step step);

    /** As {@link #normalize}, with one group, for a matrix (N, C). */
    NDArray normalizeRows(NDArray x, Step step);

    /**
     * As {@link #normalize}, with the statistics of the positions where a mask of shape (N, *) is
     * not zero; the output is zero at the others.
     */
    NDArray normalizeValid(NDArray x, NDArray mask, int numGroups, Affine affine, float epsilon);

    /**
     * As {@link #normalize}, with one group per channel, and moves the running statistics towards
     * those of the batch, unless it is empty.
     */
    NDArray normalizeChannels(NDArray x, Step step, RunningStatistics running);

    /** Normalizes each channel with the given mean and variance of shape (C). */
    NDArray normalizeWith(NDArray x, NDArray mean, NDArray variance, Affine affine, float epsilon);

    /**
     * Divides each position by the root of its mean square over the channels, and scales it by
     * gamma, which may be null.
     */
    NDArray normalizeByRootMeanSquare(NDArray x, NDArray gamma, float epsilon);

    /**
     * Returns the mean and the deviation, the root of biased variance plus epsilon, of each channel
     * of each instance, of shape (N, C) and part of autograd.
     */
    NDList meanAndDeviation(NDArray x, float epsilon);

    /** The type of an input's statistics. */
    static DataType statisticsType(NDArray x) {
        return x.getDataType() == DataType.FLOAT64 ? DataType.FLOAT64 : DataType.FLOAT32;
    }
}
