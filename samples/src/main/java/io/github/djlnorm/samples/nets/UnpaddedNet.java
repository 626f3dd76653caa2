package io.github.djlnorm.samples.nets;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import io.github.djlnorm.Norm;
import io.github.djlnorm.convolutional.ConvNorm;

/**
 * A small image classifier in which InstanceNorm sees nothing of an image's brightness and
 * contrast.
 *
 * <p>Its first convolution has neither bias nor padding, so that for an image a * x + b it gives a
 * * conv(x) plus one number for each channel, and InstanceNorm takes both away. With zeros around
 * the image it would not: how their edge compares with the image's own edges tells b / a. After the
 * first norm zeros tell nothing.
 */
final class UnpaddedNet {

    private static final Shape POOL = new Shape(2, 2);

    private UnpaddedNet() {}

    static Block create(Norm norm, int classes) {
        return new SequentialBlock()
                .add(convolution(32, norm).optPadding(new Shape(0, 0)).build())
                .add(Pool.maxPool2dBlock(POOL, POOL))
                .add(convolution(32, norm).build())
                .add(convolution(32, norm).build())
                .add(Pool.maxPool2dBlock(POOL, POOL))
                .add(convolution(64, norm).build())
                .add(convolution(64, norm).build())
                .add(Pool.globalAvgPool2dBlock())
                .add(Linear.builder().setUnits(classes).build());
    }

    private static ConvNorm.Builder convolution(int filters, Norm norm) {
        return ConvNorm.builder().setKernelShape(new Shape(3, 3)).setFilters(filters).setNorm(norm);
    }
}
