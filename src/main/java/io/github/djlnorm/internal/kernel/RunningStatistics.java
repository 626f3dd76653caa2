package io.github.djlnorm.internal.kernel;

import ai.djl.ndarray.NDArray;
import java.util.concurrent.locks.Lock;

/**
 * The running mean and unbiased variance of each channel, of shape (C).
 *
 * @param mean the running mean
 * @param variance the running variance
 * @param momentum the weight of the old values when they move
 * @param writing what keeps others from reading while one is moved and the other is not yet
 */
public record RunningStatistics(NDArray mean, NDArray variance, double momentum, Lock writing) {

    /**
     * Moves the statistics towards those of a batch.
     *
     * @param batchMean the batch's mean of each channel
     * @param batchVariance the batch's biased variance of each channel
     * @param valuesPerVariance how many values each variance is that of, 2 or more
     */
    void moveTowards(NDArray batchMean, NDArray batchVariance, long valuesPerVariance) {
        double unbiased = (double) valuesPerVariance / (valuesPerVariance - 1);
        NDArray meanShare = share(batchMean, 1, mean);
        // One factor, since a variance near the largest number of its type has no unbiased one.
        NDArray varianceShare = share(batchVariance, unbiased, variance);
        writing.lock();
        try {
            mean.muli(momentum).addi(meanShare);
            variance.muli(momentum).addi(varianceShare);
        } finally {
            writing.unlock();
        }
    }

    private NDArray share(NDArray batch, double factor, NDArray running) {
        return batch.mul((1 - momentum) * factor).toType(running.getDataType(), false);
    }
}
