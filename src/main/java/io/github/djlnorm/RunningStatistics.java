package io.github.djlnorm;

import ai.djl.ndarray.NDArray;

/**
 * The running mean and unbiased variance of each channel, of shape (C), and the weight of their old
 * value when they move.
 */
record RunningStatistics(NDArray mean, NDArray variance, float momentum) {

    /** Moves towards the batch's average of mean and biased variance, both of shape (N, C). */
    void update(NDArray batchMean, NDArray batchVariance, long valuesPerChannel) {
        float unbiased = (float) valuesPerChannel / (valuesPerChannel - 1);
        move(mean, batchMean, 1);
        move(variance, batchVariance, unbiased);
    }

    private void move(NDArray running, NDArray perInstance, float factor) {
        NDArray average = perInstance.mean(new int[] {0}).toType(running.getDataType(), false);
        running.muli(momentum).addi(average.mul((1 - momentum) * factor));
    }
}
