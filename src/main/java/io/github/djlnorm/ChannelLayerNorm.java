package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.internal.Decimal;
import io.github.djlnorm.internal.kernel.ArrayRules;
import io.github.djlnorm.internal.kernel.Epilogue;
import io.github.djlnorm.internal.kernel.InputRules;
import io.github.djlnorm.internal.kernel.Normalization;

/**
 * Layer normalization over the channels of an image: normalizes each position of each instance over
 * its channels.
 *
 * <pre>{@code
 * Block layer = ChannelLayerNorm.builder().optEpsilon(1e-6f).build(); // ConvNeXt's
 * }</pre>
 *
 * <p>An element x of channel c, at position p of instance n, becomes
 *
 * <p>\(y = \gamma_c \frac{x - \mu_{np}}{\sqrt{\sigma_{np}^2 + \epsilon}} + \beta_c\)
 *
 * <p>where \(\mu_{np}\) and \(\sigma_{np}^2\) are the mean and the biased variance of the C values
 * at that position.
 *
 * <ul>
 *   <li>Input: (N, C, *), of rank 2 or more; with {@code optAxis(-1)} (N, *, C). Of type float16,
 *       float32 or float64.
 *   <li>Parameters: gamma and beta of shape (C), float32 or of the input's type
 *   <li>Output: the shape and type of the input
 * </ul>
 *
 * <p>The layer is the same in training and in evaluation. It is the one of ConvNeXt and of vision
 * transformers, which treat a position as a token. DJL's LayerNorm takes an image's channels and
 * positions together instead, which is {@link GroupNorm} with one group but for its parameters. The
 * numbers are those of PyTorch's {@code layer_norm} on an input whose channels have been moved to
 * the end, with the exceptions told at {@link GroupNorm}; beside channels-first input it costs a
 * copy, as that does.
 *
 * @see <a href="https://arxiv.org/abs/1607.06450">Ba, Kiros and Hinton, Layer Normalization,
 *     2016</a>
 * @see <a href="https://arxiv.org/abs/2201.03545">Liu et al., A ConvNet for the 2020s, CVPR
 *     2022</a>
 */
public class ChannelLayerNorm extends AffineChannelNorm {

    ChannelLayerNorm(Builder builder) {
        super(builder);
    }

    @Override
    NDArray normalize(ParameterStore parameterStore, NDList inputs, boolean training) {
        NDArray input = inputs.get(0);
        Epilogue epilogue = epilogue(parameterStore, input.getDevice(), training);
        return Normalization.byPosition(input, axis, epsilon, epilogue);
    }

    @Override
    long channels(Shape input) {
        ArrayRules.rankAtLeast(2, input, "(N, C, *)");
        return InputRules.knownChannels(axis, input);
    }

    /**
     * Normalizes each position of each instance over its channels.
     *
     * @param input an array of shape (N, C, *), of type float16, float32 or float64
     * @param gamma the scale of each channel, of shape (C), or null for one
     * @param beta the shift of each channel, of shape (C), or null for zero
     * @param epsilon a number that is added to the variance, 0 or more
     * @return a list of one array, of the input's shape and type
     * @throws IllegalArgumentException if an argument is not as described
     */
    public static NDList channelLayerNorm(
            NDArray input, NDArray gamma, NDArray beta, float epsilon) {
        return new NDList(
                Normalization.byPosition(input, 1, Decimal.of(epsilon), Epilogue.of(gamma, beta)));
    }

    /**
     * Creates a builder to build a {@code ChannelLayerNorm}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The Builder to construct a {@link ChannelLayerNorm}. */
    public static final class Builder extends AffineChannelNorm.Builder<Builder> {

        Builder() {}

        /**
         * Builds the layer.
         *
         * @return a new {@code ChannelLayerNorm}
         * @throws IllegalArgumentException if epsilon is negative or not finite, or the channel
         *     axis 0
         */
        public ChannelLayerNorm build() {
            check();
            return new ChannelLayerNorm(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
