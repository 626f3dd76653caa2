package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.internal.Decimal;
import io.github.djlnorm.internal.kernel.ArrayRules;
import io.github.djlnorm.internal.kernel.ConditionalNormalization;
import io.github.djlnorm.internal.kernel.InputRules;

/**
 * Adaptive instance normalization (AdaIN): gives each channel of a content the mean and the
 * deviation of that channel in a style.
 *
 * <pre>{@code
 * NDArray painted = AdaptiveInstanceNorm.adaptiveInstanceNorm(content, style, 1e-5f).head();
 * }</pre>
 *
 * <p>An element x of instance n and channel c of the content becomes
 *
 * <p>\(y = \sigma_{nc}(style) \frac{x - \mu_{nc}(content)}{\sigma_{nc}(content)} +
 * \mu_{nc}(style)\)
 *
 * <p>where \(\mu_{nc}\) is the mean of the channel in the instance, and \(\sigma_{nc}\) the root of
 * its biased variance plus \(\epsilon\).
 *
 * <ul>
 *   <li>Content: (N, C, *) with one or more spatial axes and more than one spatial position; with
 *       {@code optAxis(-1)} (N, *, C). Of type float16, float32 or float64.
 *   <li>Style, the second input: (N, C, *) of the content's type, or (1, C, *) for all instances;
 *       its spatial axes may be others
 *   <li>Parameters: none
 *   <li>Output: the shape and type of the content
 * </ul>
 *
 * <p>The layer is the same in training and in evaluation, and gradients reach both inputs. It
 * transfers any style that an encoder has a representation of; for a fixed set of styles {@link
 * ConditionalInstanceNorm} learns better ones.
 *
 * @see <a href="https://arxiv.org/abs/1703.06868">Huang and Belongie, Arbitrary Style Transfer in
 *     Real-time with Adaptive Instance Normalization, ICCV 2017</a>
 */
public class AdaptiveInstanceNorm extends ChannelNorm {

    AdaptiveInstanceNorm(Builder builder) {
        super(builder);
    }

    @Override
    NDArray normalize(ParameterStore parameterStore, NDList inputs, boolean training) {
        return ConditionalNormalization.byStyle(inputs.get(0), inputs.get(1), axis, epsilon);
    }

    @Override
    void checkInputCount(int count) {
        InputRules.twoInputs(count, "content", "style");
    }

    @Override
    long channels(Shape input) {
        ArrayRules.rankAtLeast(3, input, "(N, C, *) with one or more spatial axes");
        return InputRules.knownChannels(axis, input);
    }

    /**
     * Gives each channel of a content the mean and the deviation of that channel in a style.
     *
     * @param content an array of shape (N, C, *) with one or more spatial axes, of type float16,
     *     float32 or float64
     * @param style an array of shape (N, C, *) or (1, C, *) and of the content's type; its spatial
     *     axes may be others
     * @param epsilon a number that is added to both variances, 0 or more
     * @return a list of one array, of the content's shape and type
     * @throws IllegalArgumentException if an argument is not as described, or if the content has
     *     just one spatial position
     */
    public static NDList adaptiveInstanceNorm(NDArray content, NDArray style, float epsilon) {
        return new NDList(ConditionalNormalization.byStyle(content, style, 1, Decimal.of(epsilon)));
    }

    /**
     * Creates a builder to build an {@code AdaptiveInstanceNorm}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The Builder to construct an {@link AdaptiveInstanceNorm}. */
    public static final class Builder extends ChannelNorm.Builder<Builder> {

        Builder() {}

        /**
         * Builds the layer.
         *
         * @return a new {@code AdaptiveInstanceNorm}
         * @throws IllegalArgumentException if epsilon is negative or not finite, or the channel
         *     axis 0
         */
        public AdaptiveInstanceNorm build() {
            check();
            return new AdaptiveInstanceNorm(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
