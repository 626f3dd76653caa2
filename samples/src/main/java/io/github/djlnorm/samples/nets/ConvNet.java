package io.github.djlnorm.samples.nets;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import io.github.djlnorm.Norm;
import io.github.djlnorm.convolutional.ConvNorm;
import java.util.List;

/**
 * A small image classifier: stages of convolution, normalization, ReLU and pooling, then the mean
 * of each channel and a linear layer.
 *
 * <p>Every stage but the last halves the image, so the deep layers average over few pixels: 4x4 of
 * a 32x32 image. That is where batch normalization depends on the batch size.
 */
final class ConvNet {

    private static final List<Integer> WIDTHS = List.of(32, 64, 128, 128, 128);

    private ConvNet() {}

    static Block create(Norm norm, int classes) {
        SequentialBlock net = new SequentialBlock();
        for (int stage = 0; stage < WIDTHS.size(); stage++) {
            if (stage > 0) {
                net.add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)));
            }
            net.add(
                    ConvNorm.builder()
                            .setKernelShape(new Shape(3, 3))
                            .setFilters(WIDTHS.get(stage))
                            .setNorm(norm)
                            .build());
        }
        return net.add(Pool.globalAvgPool2dBlock()).add(Linear.builder().setUnits(classes).build());
    }
}
