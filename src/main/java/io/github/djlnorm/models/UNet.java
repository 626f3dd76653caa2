package io.github.djlnorm.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.pooling.Pool;
import io.github.djlnorm.Norm;
import io.github.djlnorm.convolutional.ConvNorm;
import io.github.djlnorm.convolutional.ConvTranspose;
import io.github.djlnorm.internal.SavedSequentialBlock;

/**
 * The network for semantic segmentation, with a choice of norm: each level halves the image and
 * doubles the channels, and on the way back gets what it had before.
 *
 * <pre>{@code
 * Block net = UNet.builder().setNorm(Norm.group(8)).optOutChannels(5).build();
 * }</pre>
 *
 * <p>A level is two 3x3 convolutions with a norm and a ReLU each; a maximum of 2x2 pixels leads
 * down, a transposed convolution of 2x2 with half the channels leads up, and there two more
 * convolutions see the level's own channels followed by those that came up. A 1x1 convolution makes
 * the output. Convolutions are padded by zeros, and what comes up is so where halving lost a row or
 * column, so that the output has the size of the image. The original does neither; the best known
 * PyTorch implementations do both.
 *
 * <p>The weights of such a PyTorch network, which it registers in this order (down, up, output),
 * are loaded by {@code WeightLoader.builder().optOrder(true)}. Shapes cannot tell one that
 * concatenates in the other order, what came up first: exchange the halves of its weights' axis 1.
 *
 * <p>It runs on the PyTorch engine: MXNet's transposed convolution takes other weights than DJL
 * makes.
 *
 * <ul>
 *   <li>Input: (N, C, H, W), with H and W of 2<sup>depth</sup> or more
 *   <li>Output: (N, outChannels, H, W), without softmax
 * </ul>
 *
 * @see <a href="https://arxiv.org/abs/1505.04597">Ronneberger, Fischer and Brox, U-Net:
 *     Convolutional Networks for Biomedical Image Segmentation, 2015</a>
 */
public final class UNet {

    private static final int MAX_DEPTH = 10;
    private static final Shape TWO = new Shape(2, 2);

    private UNet() {}

    private static SequentialBlock net(Builder builder) {
        SequentialBlock net = new SavedSequentialBlock();
        net.add(LambdaBlock.singleton(x -> requireSize(x, 1L << builder.depth), "MinSize"));
        addLevel(net, 0, builder);
        return net.add(
                Conv2d.builder()
                        .setKernelShape(new Shape(1, 1))
                        .setFilters(builder.outChannels)
                        .build());
    }

    private static void addLevel(SequentialBlock net, int level, Builder builder) {
        int width = builder.width << level;
        addConvolutions(net, width, builder.norm);
        if (level < builder.depth) {
            SequentialBlock below = new SavedSequentialBlock();
            below.add(Pool.maxPool2dBlock(TWO, TWO));
            addLevel(below, level + 1, builder);
            below.add(
                    ConvTranspose.builder()
                            .setKernelShape(TWO)
                            .setFilters(width)
                            .optStride(TWO)
                            .build());
            net.add(Shortcut.concatenated(below));
            addConvolutions(net, width, builder.norm);
        }
    }

    private static void addConvolutions(SequentialBlock net, int width, Norm norm) {
        for (int i = 0; i < 2; i++) {
            net.add(
                    ConvNorm.builder()
                            .setKernelShape(new Shape(3, 3))
                            .setFilters(width)
                            .setNorm(norm)
                            .build());
        }
    }

    private static NDArray requireSize(NDArray image, long minimum) {
        Shape shape = image.getShape();
        boolean holds = shape.dimension() == 4 && Math.min(shape.get(2), shape.get(3)) >= minimum;
        ModelRules.require(
                holds,
                "an image must have a height and a width of " + minimum + " or more",
                "shape (N, C, H, W)",
                shape,
                "optDepth with less, or the network with a larger image");
        return image;
    }

    /**
     * Creates a builder to build a {@code UNet}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The Builder to construct a {@link UNet}. */
    public static final class Builder {

        private Norm norm;
        private int width = 64;
        private int depth = 4;
        private int outChannels = 1;

        Builder() {}

        /**
         * Sets the normalization after every 3x3 convolution. Required.
         *
         * @param norm the choice; {@link Norm#group} is usual for small batches
         * @return this builder
         */
        public Builder setNorm(Norm norm) {
            this.norm = norm;
            return this;
        }

        /**
         * Sets the number of channels at full size; each halving doubles it. Defaults to 64.
         *
         * @param width the number of channels, 1 or more
         * @return this builder
         */
        public Builder optWidth(int width) {
            this.width = width;
            return this;
        }

        /**
         * Sets how many times the image is halved. Defaults to 4.
         *
         * @param depth 1 to 10
         * @return this builder
         */
        public Builder optDepth(int depth) {
            this.depth = depth;
            return this;
        }

        /**
         * Sets the number of channels of the output. Defaults to 1.
         *
         * @param outChannels the number of classes, with the background; or 1 for a mask by sigmoid
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
        public SequentialBlock build() {
            ModelRules.atLeast(1, width, "the width", "optWidth(64)");
            ModelRules.require(
                    depth >= 1 && depth <= MAX_DEPTH && width <= Integer.MAX_VALUE >> depth,
                    "the image must be halved at least once, and the channels stay a number",
                    "a depth from 1 to " + MAX_DEPTH,
                    depth + " for a width of " + width,
                    "optDepth(4)");
            ModelRules.atLeast(
                    1, outChannels, "the number of output channels", "optOutChannels(2)");
            return net(this);
        }
    }
}
