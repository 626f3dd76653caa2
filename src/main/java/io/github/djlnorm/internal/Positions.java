package io.github.djlnorm.internal;

import ai.djl.nn.Block;

/** How many values an input has for each channel of each instance. */
public final class Positions {

    private Positions() {}

    /**
     * Counts the values of one channel of one instance, wherever the axis of the channels is.
     *
     * @param layer an initialized layer with gamma of shape (C), and an input of shape (N, C, *)
     * @return the product of the spatial dimensions, or 0 if one of them is not known
     */
    public static long of(Block layer) {
        long values = 1;
        for (long dimension : layer.getInputShapes()[0].slice(1).getShape()) {
            values *= Math.max(0, dimension);
        }
        return values / channels(layer);
    }

    /**
     * Tells how many channels a layer has.
     *
     * @param layer an initialized layer with gamma of shape (C)
     * @return C
     */
    public static long channels(Block layer) {
        return layer.getDirectParameters().get("gamma").getShape().get(0);
    }
}
