package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.internal.Decimal;
import io.github.djlnorm.internal.Values;
import io.github.djlnorm.internal.kernel.ArrayRules;
import io.github.djlnorm.internal.kernel.InputRules;
import io.github.djlnorm.internal.kernel.Normalization;
import java.util.Map;

/**
 * Root mean square normalization: divides the channels at each position of each instance by the
 * root of their mean square.
 *
 * <pre>{@code
 * Block layer = RMSNorm.builder().optEpsilon(1e-6f).build(); // of (N, tokens, features)
 * }</pre>
 *
 * <p>An element x of channel c, at position p of instance n, becomes
 *
 * <p>\(y = \gamma_c \frac{x}{\sqrt{\frac{1}{C} \sum_k x_{nkp}^2 + \epsilon}}\)
 *
 * <p>where k runs over the C channels.
 *
 * <ul>
 *   <li>Input: (N, *, C), of rank 2 or more; with {@code optAxis(1)} (N, C, *). Of type float16,
 *       float32 or float64.
 *   <li>Parameters: gamma of shape (C), float32 or of the input's type
 *   <li>Output: the shape and type of the input
 * </ul>
 *
 * <p>The layer is the same in training and in evaluation. It is {@link ChannelLayerNorm} without
 * the centering and the shift, which large language models and newer transformers do without. There
 * the channels are the last axis, and so they are here by default, unlike in the layers for images.
 *
 * <p>The numbers are those of PyTorch's {@code nn.RMSNorm} over the last dimension, but for its
 * default epsilon: where PyTorch takes the smallest step of the input's type from 1, this layer
 * takes 1e-5, as all others here do. On a CPU, values whose squares overflow (magnitudes beyond
 * 1e18) are normalized all the same, where PyTorch gives zeros.
 *
 * @see <a href="https://arxiv.org/abs/1910.07467">Zhang and Sennrich, Root Mean Square Layer
 *     Normalization, NeurIPS 2019</a>
 */
public class RMSNorm extends ChannelNorm {

    private static final int DEFAULT_AXIS = -1;

    private final boolean scale;
    private final Parameter gamma;

    RMSNorm(Builder builder) {
        super(builder);
        scale = builder.scale;
        gamma = scale ? addPerChannel("gamma", Parameter.Type.GAMMA) : null;
    }

    /**
     * Tells whether there is gamma, the scale of each channel.
     *
     * @return false if there is no gamma
     */
    public boolean isScale() {
        return scale;
    }

    /** {@inheritDoc} */
    @Override
    public Map<String, Object> options(long channels) {
        Map<String, Object> options = super.options(channels);
        options.put("optScale", scale);
        return options;
    }

    @Override
    NDArray normalize(ParameterStore parameterStore, NDList inputs, boolean training) {
        NDArray input = inputs.get(0);
        NDArray value = Values.of(parameterStore, gamma, input.getDevice(), training);
        return Normalization.byRootMeanSquare(input, axis, epsilon, value);
    }

    @Override
    long channels(Shape input) {
        ArrayRules.rankAtLeast(2, input, "(N, *, C)");
        return InputRules.knownChannels(axis, input);
    }

    /**
     * Divides the last axis at each position by the root of its mean square.
     *
     * @param input an array of shape (N, *, C), of type float16, float32 or float64
     * @param gamma the scale of each channel, of shape (C), or null for one
     * @param epsilon a number that is added to the mean square, 0 or more
     * @return a list of one array, of the input's shape and type
     * @throws IllegalArgumentException if an argument is not as described
     */
    public static NDList rmsNorm(NDArray input, NDArray gamma, float epsilon) {
        return new NDList(
                Normalization.byRootMeanSquare(input, DEFAULT_AXIS, Decimal.of(epsilon), gamma));
    }

    /**
     * Creates a builder to build an {@code RMSNorm}. Its channel axis defaults to -1, the last, and
     * epsilon, which is added to the mean square, to 1e-5.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The Builder to construct an {@link RMSNorm}. */
    public static final class Builder extends ChannelNorm.Builder<Builder> {

        private boolean scale = true;

        Builder() {
            super(DEFAULT_AXIS);
        }

        /**
         * Sets whether there is gamma, the scale of each channel. Defaults to true.
         *
         * @param scale false for no gamma
         * @return this builder
         */
        public Builder optScale(boolean scale) {
            this.scale = scale;
            return this;
        }

        /**
         * Builds the layer.
         *
         * @return a new {@code RMSNorm}
         * @throws IllegalArgumentException if epsilon is negative or not finite, or the channel
         *     axis 0
         */
        public RMSNorm build() {
            check();
            return new RMSNorm(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
