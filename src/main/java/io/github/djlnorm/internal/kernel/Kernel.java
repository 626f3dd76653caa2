package io.github.djlnorm.internal.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;

/**
 * How the arithmetic of normalization is carried out on a checked input of shape (N, C, *) that has
 * elements. Statistics are float64 for float64 input, and float32 for any other; the result has the
 * type of the input.
 */
interface Kernel {

    /** Normalizes each group of channels of each instance by its own mean and biased variance. */
    NDArray normalizeGroups(NDArray x, int numGroups, double epsilon, Epilogue epilogue);

    /** As {@link #normalizeGroups} with one group, for a matrix (N, C). */
    NDArray normalizeRows(NDArray x, double epsilon, Epilogue epilogue);

    /**
     * As {@link #normalizeGroups}, by the statistics of the positions where a mask of shape (N, *)
     * is not zero; the output is the activation of zero at the others.
     */
    NDArray normalizeValid(
            NDArray x, NDArray mask, int numGroups, double epsilon, Epilogue epilogue);

    /**
     * As {@link #normalizeGroups} with one group per channel, with the means over all instances of
     * the channels' means and biased variances as second and third array, of shape (C) and no part
     * of autograd.
     */
    NDList normalizeChannels(NDArray x, double epsilon, Epilogue epilogue);

    /**
     * Returns the mean and the biased variance of each channel over all instances and positions, of
     * shape (C) and part of autograd.
     */
    NDList meanAndVariance(NDArray x);

    /** Normalizes each channel by the given mean and variance of shape (C). */
    NDArray normalizeByConstants(
            NDArray x, NDArray mean, NDArray variance, double epsilon, Epilogue epilogue);

    /**
     * Divides each position by the root of its mean square over the channels, and scales it by
     * gamma, which may be null.
     */
    NDArray normalizeByRootMeanSquare(NDArray x, NDArray gamma, double epsilon);

    /**
     * Returns the mean and the deviation, the root of biased variance plus epsilon, of each channel
     * of each instance, of shape (N, C) and part of autograd.
     */
    NDList meanAndDeviation(NDArray x, double epsilon);

    /** The type of an input's statistics. */
    static DataType statisticsType(NDArray x) {
        return x.getDataType() == DataType.FLOAT64 ? DataType.FLOAT64 : DataType.FLOAT32;
    }
}
