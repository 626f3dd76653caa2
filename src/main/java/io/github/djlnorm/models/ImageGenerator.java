package io.github.djlnorm.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import io.github.djlnorm.Norm;
import io.github.djlnorm.convolutional.ConvNorm;
import io.github.djlnorm.internal.SavedParallelBlock;
import io.github.djlnorm.internal.SavedSequentialBlock;
import io.github.djlnorm.torch.TorchFunction;
import java.util.List;

/**
 * The image-to-image network of fast style transfer, with a choice of norm: a 9x9 convolution, two
 * that halve the image, residual blocks, two nearest-neighbor upsamplings with a convolution each,
 * and a 9x9 convolution.
 *
 * <pre>{@code
 * Block generator = ImageGenerator.builder().setNorm(Norm.instance()).build();
 * }</pre>
 *
 * <p>Every convolution but the last has a norm after it, and borders are padded by reflection. The
 * last one ends in \((\tanh + 1) / 2\), which makes it an image. Upsampling and convolving takes
 * the place of the original's strided transposed convolutions, which leave a checkerboard.
 *
 * <ul>
 *   <li>Input: (N, C, H, W), with H and W of 8 or more
 *   <li>Output: (N, outChannels, H, W), of values from 0 to 1
 * </ul>
 *
 * @see <a href="https://arxiv.org/abs/1603.08155">Johnson, Alahi and Fei-Fei, Perceptual Losses for
 *     Real-Time Style Transfer and Super-Resolution, 2016</a>
 * @see <a href="https://doi.org/10.23915/distill.00003">Odena, Dumoulin and Olah, Deconvolution and
 *     Checkerboard Artifacts, 2016</a>
 */
public final class ImageGenerator {

    private static final int MIN_SIZE = 8;
    private static final int SCALES = 2;

    private ImageGenerator() {}

    private static Block generator(Builder builder) {
        SequentialBlock net = new SavedSequentialBlock();
        net.add(LambdaBlock.singleton(ImageGenerator::requireSize, "MinSize"));
        addConvolution(net, 9, 1, builder.width, builder.norm);
        for (int scale = 1; scale <= SCALES; scale++) {
            addConvolution(net, 3, 2, builder.width << scale, builder.norm);
        }
        for (int i = 0; i < builder.residualBlocks; i++) {
            net.add(residualBlock(builder.width << SCALES, builder.norm));
        }
        for (int scale = SCALES - 1; scale >= 0; scale--) {
            net.add(LambdaBlock.singleton(Resampling::upsample, "Upsample"));
            addConvolution(net, 3, 1, builder.width << scale, builder.norm);
        }
        net.add(reflectionPadding(4))
                .add(
                        Conv2d.builder()
                                .setKernelShape(new Shape(9, 9))
                                .setFilters(builder.outChannels)
                                .build())
                .add(LambdaBlock.singleton(ImageGenerator::image, "Image"));
        return new SavedParallelBlock(
                outputs -> new NDList(crop(outputs.get(0).head(), outputs.get(1).head())),
                List.of(net, Blocks.identityBlock()));
    }

    private static Block residualBlock(int width, Norm norm) {
        SequentialBlock branch = new SavedSequentialBlock();
        addConvolution(branch, 3, 1, width, norm);
        branch.add(reflectionPadding(1))
                .add(unpadded(3, 1, width, norm).optActivation(null).build());
        return Shortcut.sum(branch, Blocks.identityBlock());
    }

    private static void addConvolution(
            SequentialBlock net, int kernel, int stride, int width, Norm norm) {
        net.add(reflectionPadding(kernel / 2)).add(unpadded(kernel, stride, width, norm).build());
    }

    private static ConvNorm.Builder unpadded(int kernel, int stride, int width, Norm norm) {
        return ConvNorm.builder()
                .setKernelShape(new Shape(kernel, kernel))
                .setFilters(width)
                .setNorm(norm)
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(0, 0));
    }

    private static Block reflectionPadding(int size) {
        return LambdaBlock.singleton(x -> Resampling.reflect(x, size), "ReflectionPad");
    }

    private static NDArray requireSize(NDArray image) {
        Shape shape = image.getShape();
        boolean holds = shape.dimension() == 4 && Math.min(shape.get(2), shape.get(3)) >= MIN_SIZE;
        ModelRules.require(
                holds,
                "an image must have a height and a width of " + MIN_SIZE + " or more",
                "shape (N, C, H, W)",
                shape,
                "the generator with a larger image");
        return image;
    }

    /** (tanh x + 1) / 2, as the sigmoid of 2x, which needs no number in autograd's graph. */
    private static NDArray image(NDArray x) {
        // A convolution's gradients do not ask for its result; MXNet refuses to write there.
        return Activation.sigmoid(TorchFunction.takes(x) ? x.addi(x) : x.add(x));
    }

    /** Upsampling gives multiples of 4, of which an image of another size takes its part. */
    private static NDArray crop(NDArray output, NDArray image) {
        Shape size = image.getShape();
        if (output.getShape().slice(2).equals(size.slice(2))) {
            return output;
        }
        try (output) {
            return output.get(":, :, :{}, :{}", size.get(2), size.get(3));
        }
    }

    /**
     * Creates a builder to build an {@code ImageGenerator}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The Builder to construct an {@link ImageGenerator}. */
    public static final class Builder {

        private Norm norm;
        private int width = 32;
        private int residualBlocks = 5;
        private int outChannels = 3;

        Builder() {}

        /**
         * Sets the normalization after every convolution but the last. Required.
         *
         * @param norm the choice; {@link Norm#instance} is usual
         * @return this builder
         */
        public Builder setNorm(Norm norm) {
            this.norm = norm;
            return this;
        }

        /**
         * Sets the number of channels at full size; each halving doubles it. Defaults to 32.
         *
         * @param width the number of channels, 1 or more
         * @return this builder
         */
        public Builder optWidth(int width) {
            this.width = width;
            return this;
        }

        /**
         * Sets the number of residual blocks. Defaults to 5.
         *
         * @param residualBlocks 0 or more
         * @return this builder
         */
        public Builder optResidualBlocks(int residualBlocks) {
            this.residualBlocks = residualBlocks;
            return this;
        }

        /**
         * Sets the number of channels of the output. Defaults to 3.
         *
         * @param outChannels 1 or more
         * @return this builder
         */
        public Builder optOutChannels(int outChannels) {
            this.outChannels = outChannels;
            return this;
        }

        /**
         * Builds the network.
         *
         * @return a new block
         * @throws IllegalArgumentException if the norm is missing or a number out of its range
         */
        public Block build() {
            ModelRules.atLeast(
                    0, residualBlocks, "the number of residual blocks", "optResidualBlocks(5)");
            ModelRules.atLeast(
                    1, outChannels, "the number of output channels", "optOutChannels(3)");
            return generator(this);
        }
    }
}
