package io.github.djlnorm.convolutional;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.convolutional.Convolution.ConvolutionBuilder;
import io.github.djlnorm.FusedActivation;
import io.github.djlnorm.Norm;
import io.github.djlnorm.internal.SavedSequentialBlock;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A convolution, a normalization and an activation, in this order: the stage that convolutional
 * networks are built of.
 *
 * <pre>{@code
 * Block stage = ConvNorm.builder()
 *         .setKernelShape(new Shape(3, 3))
 *         .setFilters(64)
 *         .setNorm(Norm.group(32))
 *         .build();
 * }</pre>
 *
 * <ul>
 *   <li>Input: (N, C, *), with as many spatial axes as the kernel has: 1, 2 or 3
 *   <li>Output: (N, filters, *)
 *   <li>Children: the convolution, the layer of the norm, unless it is {@link Norm#none}, and the
 *       activation, unless it is left out or the layer of the norm applies it
 * </ul>
 *
 * <p>A {@link FusedActivation}, such as the default, is applied in place by the layer of a norm
 * that {@link Norm#takesActivation takes} it, which in training saves an array of the output's
 * size.
 *
 * <p>The convolution has a bias only where the norm does not make it redundant, and by default a
 * padding that keeps the size of the input for odd kernels and a stride of 1, as in torchvision's
 * {@code Conv2dNormActivation}.
 */
public final class ConvNorm extends SavedSequentialBlock {

    private ConvNorm(Builder builder) {
        add(builder.convolution());
        Optional<FusedActivation> inLayer = builder.activationInLayer();
        builder.norm.newLayer(builder.filters(), inLayer.orElse(null)).ifPresent(this::add);
        if (inLayer.isEmpty() && builder.activation != null) {
            add(builder.activation.get());
        }
    }

    /**
     * The usual stage of networks for small batches: a 3x3 convolution, GroupNorm and ReLU on
     * images.
     *
     * @param filters the number of output channels
     * @param numGroups the largest number of groups, as in {@link Norm#group}; 32 is common
     * @return a new block
     */
    public static ConvNorm convGroupNorm(int filters, int numGroups) {
        return conv3x3(filters, Norm.group(numGroups));
    }

    /**
     * The usual stage of style transfer and image generation: a 3x3 convolution, InstanceNorm and
     * ReLU on images.
     *
     * @param filters the number of output channels
     * @return a new block
     */
    public static ConvNorm convInstanceNorm(int filters) {
        return conv3x3(filters, Norm.instance());
    }

    private static ConvNorm conv3x3(int filters, Norm norm) {
        return builder().setKernelShape(new Shape(3, 3)).setFilters(filters).setNorm(norm).build();
    }

    /**
     * Creates a builder to build a {@code ConvNorm}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The Builder to construct a {@link ConvNorm}. The kernel and the filters are required; the
     * stride defaults to 1, the padding to dilation * (kernel - 1) / 2, dilation and groups to 1.
     * The groups of a convolution have nothing to do with those of a GroupNorm.
     */
    public static final class Builder extends ConvolutionBuilder<Builder> {

        private Norm norm;
        private Shape outPadding;
        private Boolean bias;
        private boolean transposed;
        private boolean weightStandardized;
        private Supplier<Block> activation = FusedActivation.RELU;

        Builder() {}

        /**
         * Sets the normalization. Required.
         *
         * @param norm the choice; {@link Norm#none} for a stage without
         * @return this builder
         */
        public Builder setNorm(Norm norm) {
            this.norm = norm;
            return this;
        }

        /**
         * Sets whether the convolution has a bias. Defaults to true where {@link
         * Norm#makesBiasRedundant} is false.
         *
         * @param bias true for a bias
         * @return this builder
         */
        @Override
        public Builder optBias(boolean bias) {
            this.bias = bias;
            return this;
        }

        /**
         * Makes the convolution a {@link ConvTranspose}. Defaults to false.
         *
         * @param transposed true for a transposed convolution
         * @return this builder
         */
        public Builder optTransposed(boolean transposed) {
            this.transposed = transposed;
            return this;
        }

        /**
         * Sets what a transposed convolution adds to one side of its output. Defaults to 0.
         *
         * @param outPadding one value for each axis of the kernel
         * @return this builder
         */
        public Builder optOutPadding(Shape outPadding) {
            this.outPadding = outPadding;
            return this;
        }

        /**
         * Makes the convolution a {@link WeightStandardizedConv}. Defaults to false.
         *
         * @param weightStandardized true for a convolution with standardized weights
         * @return this builder
         */
        public Builder optWeightStandardized(boolean weightStandardized) {
            this.weightStandardized = weightStandardized;
            return this;
        }

        /**
         * Sets the activation. Defaults to {@link FusedActivation#RELU}.
         *
         * @param activation makes the block, such as {@code Activation::geluBlock}, and is run as
         *     it is; a {@link FusedActivation} is applied by the layer of the norm, if it can; null
         *     for none
         * @return this builder
         */
        public Builder optActivation(Supplier<Block> activation) {
            this.activation = activation;
            return this;
        }

        /**
         * Builds the block.
         *
         * @return a new {@code ConvNorm}
         * @throws IllegalArgumentException if the kernel, the filters or the norm are missing, a
         *     shape has another number of axes than the kernel, or options exclude each other
         */
        public ConvNorm build() {
            ConvolutionRules.kernel(kernelShape);
            ConvolutionRules.filters(filters, groups);
            ConvolutionRules.norm(norm);
            ConvolutionRules.oneKind(transposed, weightStandardized, outPadding);
            return new ConvNorm(this);
        }

        @Override
        protected Builder self() {
            return this;
        }

        private Block convolution() {
            if (transposed) {
                return transposedConvolution();
            } else if (weightStandardized) {
                return configured(WeightStandardizedConv.builder()).build();
            }
            return switch (kernelShape.dimension()) {
                case 1 -> configured(Conv1d.builder()).build();
                case 2 -> configured(Conv2d.builder()).build();
                default -> configured(Conv3d.builder()).build();
            };
        }

        private long filters() {
            return filters;
        }

        /** The activation that the layer of the norm applies, if it is one of those. */
        private Optional<FusedActivation> activationInLayer() {
            return activation instanceof FusedActivation fused && norm.takesActivation()
                    ? Optional.of(fused)
                    : Optional.empty();
        }

        private <T extends ConvolutionBuilder<?>> T configured(T convolution) {
            convolution.setKernelShape(kernelShape);
            convolution.setFilters(filters);
            convolution.optStride(ConvolutionRules.orAll("stride", stride, 1, kernelShape));
            convolution.optDilation(dilation());
            convolution.optPadding(padding());
            convolution.optGroups(groups);
            convolution.optBias(bias());
            return convolution;
        }

        private Block transposedConvolution() {
            return ConvTranspose.builder()
                    .setKernelShape(kernelShape)
                    .setFilters(filters)
                    .optStride(stride)
                    .optDilation(dilation())
                    .optPadding(padding())
                    .optOutPadding(outPadding)
                    .optGroups(groups)
                    .optBias(bias())
                    .build();
        }

        private boolean bias() {
            return bias == null ? !norm.makesBiasRedundant() : bias;
        }

        private Shape dilation() {
            return ConvolutionRules.orAll("dilation", dilation, 1, kernelShape);
        }

        private Shape padding() {
            return padding == null
                    ? ConvolutionRules.halfPadding(kernelShape, dilation())
                    : ConvolutionRules.orAll("padding", padding, 0, kernelShape);
        }
    }
}
