package io.github.djlnorm.models;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import io.github.djlnorm.Norm;
import io.github.djlnorm.convolutional.ConvNorm;
import io.github.djlnorm.internal.SavedSequentialBlock;

/**
 * The residual network for small images, of 6n + 2 layers, with a choice of norm.
 *
 * <pre>{@code
 * Block net = CifarResNet.builder().setNumLayers(20).setOutSize(10).setNorm(Norm.group(8)).build();
 * }</pre>
 *
 * <p>A 3x3 convolution, three stages of n residual blocks of two 3x3 convolutions each, the mean of
 * each channel, and a linear layer. The second and third stage halve the image and double the
 * channels. Every convolution has a norm after it. Where a block changes the shape, its shortcut is
 * a 1x1 convolution with a norm.
 *
 * <ul>
 *   <li>Input: (N, C, H, W), such as (N, 3, 32, 32)
 *   <li>Output: (N, outSize), without softmax
 * </ul>
 *
 * @see <a href="https://arxiv.org/abs/1512.03385">He et al., Deep Residual Learning for Image
 *     Recognition, 2016, section 4.2</a>
 */
public final class CifarResNet {

    private static final int STAGES = 3;
    private static final int CONVOLUTIONS_PER_BLOCK = 2;

    private CifarResNet() {}

    private static SequentialBlock resNet(Builder builder) {
        int blocks = (builder.numLayers - 2) / (STAGES * CONVOLUTIONS_PER_BLOCK);
        int width = builder.width;
        SequentialBlock net = new SavedSequentialBlock();
        net.add(convolution(width, 1, builder).build());
        for (int stage = 0; stage < STAGES; stage++) {
            int stageWidth = width << stage;
            boolean halves = stage > 0;
            net.add(residualBlock(stageWidth, halves, builder));
            for (int i = 1; i < blocks; i++) {
                net.add(residualBlock(stageWidth, false, builder));
            }
        }
        return net.add(Pool.globalAvgPool2dBlock())
                .add(Linear.builder().setUnits(builder.outSize).build());
    }

    private static Block residualBlock(int width, boolean halves, Builder builder) {
        int stride = halves ? 2 : 1;
        Block branch =
                new SavedSequentialBlock()
                        .add(convolution(width, stride, builder).build())
                        .add(convolution(width, 1, builder).optActivation(null).build());
        Block shortcut =
                halves
                        ? convolution(width, stride, builder)
                                .setKernelShape(new Shape(1, 1))
                                .optActivation(null)
                                .build()
                        : Blocks.identityBlock();
        return Shortcut.reluOfSum(branch, shortcut);
    }

    private static ConvNorm.Builder convolution(int width, int stride, Builder builder) {
        return ConvNorm.builder()
                .setKernelShape(new Shape(3, 3))
                .setFilters(width)
                .setNorm(builder.norm)
                .optStride(new Shape(stride, stride))
                .optWeightStandardized(builder.weightStandardized);
    }

    /**
     * Creates a builder to build a {@code CifarResNet}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The Builder to construct a {@link CifarResNet}. */
    public static final class Builder {

        private int numLayers;
        private long outSize;
        private Norm norm;
        private int width = 16;
        private boolean weightStandardized;

        Builder() {}

        /**
         * Sets the number of layers. Required.
         *
         * @param numLayers 6n + 2: 8, 14, 20, 32, 44, 56 or 110
         * @return this builder
         */
        public Builder setNumLayers(int numLayers) {
            this.numLayers = numLayers;
            return this;
        }

        /**
         * Sets the size of the output. Required.
         *
         * @param outSize the number of classes, 1 or more
         * @return this builder
         */
        public Builder setOutSize(long outSize) {
            this.outSize = outSize;
            return this;
        }

        /**
         * Sets the normalization after every convolution. Required.
         *
         * @param norm the choice
         * @return this builder
         */
        public Builder setNorm(Norm norm) {
            this.norm = norm;
            return this;
        }

        /**
         * Sets the number of channels of the first stage. Defaults to 16.
         *
         * @param width the number of channels, 1 or more
         * @return this builder
         */
        public Builder optWidth(int width) {
            this.width = width;
            return this;
        }

        /**
         * Makes all convolutions weight-standardized. Defaults to false.
         *
         * @param weightStandardized true for standardized weights
         * @return this builder
         */
        public Builder optWeightStandardized(boolean weightStandardized) {
            this.weightStandardized = weightStandardized;
            return this;
        }

        /**
         * Builds the network.
         *
         * @return a new block
         * @throws IllegalArgumentException if the number of layers is not 6n + 2, or the output
         *     size, the width or the norm are missing
         */
        public SequentialBlock build() {
            ModelRules.require(
                    numLayers >= 8 && numLayers % 6 == 2,
                    "the number of layers must be 6n + 2",
                    "8, 14, 20, 32, ...",
                    numLayers,
                    "setNumLayers(20)");
            ModelRules.atLeast(1, outSize, "the output size", "setOutSize(10) for 10 classes");
            return resNet(this);
        }
    }
}
