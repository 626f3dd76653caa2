package io.github.djlnorm.samples;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import io.github.djlnorm.ConvNorm;
import io.github.djlnorm.Norm;

/**
 * A small classifier in which InstanceNorm sees nothing of an image's brightness and contrast.
 *
 * <p>Its first convolution has neither bias nor padding, so that image a * x + b becomes a *
 * conv(x) plus one number for each channel, and InstanceNorm takes both away. With zeros around the
 * image it would not: their edge is stronger the farther the image's brightness is from zero.
 * Behind the first layer zeros tell nothing, and ReLU comes before the mean of each channel, which
 * would be a constant otherwise.
 */
final class LightingNet {

    static final int IMAGE_SIZE = 32;

    private LightingNet() {}

    static Net unpadded() {
        return new Net("lighting", (norm, classes) -> create(norm, classes, 0));
    }

    /** The same net but for zeros around the image, as nets usually have them. */
    static Net padded() {
        return new Net("lighting-padded", (norm, classes) -> create(norm, classes, 1));
    }

    private static Block create(Norm norm, int classes, int padding) {
        return new SequentialBlock()
                .add(convolution(32, norm).optPadding(new Shape(padding, padding)).build())
                .add(pool())
                .add(convolution(64, norm).build())
                .add(pool())
                .add(convolution(128, norm).build())
                .add(Pool.globalAvgPool2dBlock())
                .add(Linear.builder().setUnits(classes).build());
    }

    private static ConvNorm.Builder convolution(int filters, Norm norm) {
        return ConvNorm.builder().setKernelShape(new Shape(3, 3)).setFilters(filters).setNorm(norm);
    }

    private static Block pool() {
        return Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2));
    }
}
