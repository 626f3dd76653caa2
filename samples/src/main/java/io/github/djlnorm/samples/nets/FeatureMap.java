package io.github.djlnorm.samples.nets;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.github.djlnorm.Norm;

/**
 * What a layer of a net makes of an image.
 *
 * @param channels the number of channels
 * @param positions the number of values in each channel
 */
record FeatureMap(long channels, long positions) {

    /** The one with the fewest positions between a net's layers, the last of several. */
    static FeatureMap smallest(Block net, int imageSize) {
        FeatureMap smallest = new FeatureMap(3, (long) imageSize * imageSize);
        Shape shape = new Shape(1, smallest.channels, imageSize, imageSize);
        int dimensions = shape.dimension();
        for (Block layer : net.getChildren().values()) {
            shape = layer.getOutputShapes(new Shape[] {shape})[0];
            if (shape.dimension() == dimensions
                    && shape.get(2) * shape.get(3) <= smallest.positions) {
                smallest = new FeatureMap(shape.get(1), shape.get(2) * shape.get(3));
            }
        }
        return smallest;
    }

    /** Tells whether a norm would take the mean of single values, and leave nothing of them. */
    boolean isLostOn(Norm norm, int batchSize) {
        return switch (norm.kind()) {
            case BATCH, SYNC_BATCH -> positions * batchSize == 1;
            case INSTANCE -> positions == 1;
            case GROUP, GROUP_EXACT, GROUP_CHANNELS ->
                    positions == 1 && norm.numGroups(channels) == channels;
            case NONE, FROZEN_BATCH, LAYER, RMS -> false;
        };
    }
}
