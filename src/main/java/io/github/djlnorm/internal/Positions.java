package io.github.djlnorm.internal;

import ai.djl.ndarray.types.Shape;

/** How many values an input has for each channel of each instance. */
public final class Positions {

    private Positions() {}

    /**
     * Counts the values of one channel of one instance, wherever the axis of the channels is.
     *
     * @param batch the shape of a batch, such as (N, C, *)
     * @param channels the number of channels
     * @return the product of the spatial dimensions, or 0 if one of them is not known
     */
    public static long of(Shape batch, long channels) {
        long values = 1;
        for (long dimension : batch.slice(1).getShape()) {
            values *= Math.max(0, dimension);
        }
        return values / channels;
    }
}
