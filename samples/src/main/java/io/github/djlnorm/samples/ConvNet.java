package io.github.djlnorm.samples;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import java.util.List;
import java.util.Optional;

/**
 * A small image classifier: stages of convolution, normalization, ReLU and pooling, then the mean
 * of each channel and a linear layer.
 *
 * <p>Every stage but the last halves the image, so the deep layers average over few pixels: 4x4 of
 * a 32x32 image. That is where batch normalization depends on the batch size.
 */
final class ConvNet {

    static final int MIN_IMAGE_SIZE = 32;

    private static final List<Integer> WIDTHS = List.of(32, 64, 128, 128, 128);

    private ConvNet() {}

    /**
     * Checks that the norm suits every stage.
     *
     * @throws BadInputException if its groups do not divide a stage's channels
     */
    static void requireFits(Norm norm) {
        WIDTHS.forEach(norm::requireDivides);
    }

    static Block create(Norm norm, int classes) {
        SequentialBlock net = new SequentialBlock();
        for (int stage = 0; stage < WIDTHS.size(); stage++) {
            if (stage > 0) {
                net.add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)));
            }
            addStage(net, norm, WIDTHS.get(stage));
        }
        return net.add(Pool.globalAvgPool2dBlock()).add(Linear.builder().setUnits(classes).build());
    }

    private static void addStage(SequentialBlock net, Norm norm, int width) {
        Optional<Block> layer = norm.newLayer();
        net.add(
                Conv2d.builder()
                        .setKernelShape(new Shape(3, 3))
                        .optPadding(new Shape(1, 1))
                        .setFilters(width)
                        // The norm would take a bias away again, and has a shift of its own.
                        .optBias(layer.isEmpty())
                        .build());
        layer.ifPresent(net::add);
        net.add(Activation.reluBlock());
    }
}
