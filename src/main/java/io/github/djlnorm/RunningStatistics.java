package io.github.djlnorm;

import ai.djl.ndarray.NDArray;

/**
 * The running mean and unbiased variance of each channel, of shape (C), and the weight of their old
 * value when they move.
 */
record RunningStatistics(NDArray mean, NDArray variance, float momentum) {

    /** Moves towards the batch's average of mean and biased variance, both of shape (N, C). */
    void update(NDArray batchMean, NDArray batchVariance, long valuesPerChannel) {
        double unbiased = (double) valuesPerChannel / (valuesPerChannel - 1);
        move(mean, batchMean, 1);
        move(variance, batchVariance, unbiased);
    }

    private void move(NDArray running, NDArray perInstance, double factor) {
        double newWeight = (1 - (double) momentum) * factor;
        NDArray average = perInstance.mean(new int[] {0}).mul(newWeight);
        running.muli((double) momentum).addi(average.toType(running.getDataType(), false));
    }
}
