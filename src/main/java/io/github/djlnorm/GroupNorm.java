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
import java.util.Map;
import java.util.function.LongToIntFunction;

/**
 * Group normalization: normalizes each group of channels of each instance over the group's channels
 * and all spatial positions.
 *
 * <pre>{@code
 * Block stage = new SequentialBlock()
 *         .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(64).build())
 *         .add(GroupNorm.builder().setNumGroups(32).build())
 *         .add(Activation.reluBlock());
 * }</pre>
 *
 * <p>With the C channels divided into G groups of C / G consecutive channels, an element x of
 * instance n and channel c, in group g, becomes
 *
 * <p>\(y = \gamma_c \frac{x - \mu_{ng}}{\sqrt{\sigma_{ng}^2 + \epsilon}} + \beta_c\)
 *
 * <p>where \(\mu_{ng}\) and \(\sigma_{ng}^2\) are the mean and the biased variance of the group's
 * elements in that instance.
 *
 * <ul>
 *   <li>Input: (N, C, *), of rank 2 or more; * may be nothing, a width, (height, width), ...; with
 *       {@code optAxis(-1)} (N, *, C). Of type float16, float32 or float64.
 *   <li>Mask, optional: (N, *)
 *   <li>Parameters: gamma and beta of shape (C), float32 or of the input's type
 *   <li>Output: the shape and type of the input
 * </ul>
 *
 * <p>The layer is the same in training and in evaluation: it has no running statistics, and an
 * instance's output does not depend on its batch. That makes it the choice for convolutional
 * networks trained with small batches, as in detection, segmentation and on large images, where
 * BatchNorm's statistics are noise. One group is layer normalization over (C, *), and C groups are
 * {@link InstanceNorm}; 16 or 32 groups are common between them.
 *
 * <p>A second input, if there is one, is a mask for padded batches: of shape (N, *), the data's
 * without the channel axis, boolean or a number, and not zero where a position is valid. The
 * statistics are then those of the valid positions alone, whatever the others hold, and the output
 * is zero at the others, as zero padding would show them to a convolution after it; so is their
 * gradient. An instance without a valid position becomes zero.
 *
 * <p>The numbers are those of PyTorch's {@code nn.GroupNorm}, but for inputs on which its float32
 * arithmetic fails. On a CPU, a mean that is large beside the deviation costs no digits here, in a
 * channels-last memory layout neither, and an instance whose variance would overflow (magnitudes
 * beyond 1e18) is normalized all the same. On every device float64 input may come with float32
 * parameters.
 *
 * @see <a href="https://arxiv.org/abs/1803.08494">Wu and He, Group Normalization, ECCV 2018</a>
 */
public class GroupNorm extends AffineChannelNorm {

    private final LongToIntFunction groupsOfChannels;

    GroupNorm(Builder builder) {
        super(builder);
        groupsOfChannels = builder.groupsOfChannels;
    }

    /**
     * Returns the number of groups that the channels are divided into.
     *
     * @return the number of groups
     * @throws IllegalArgumentException if it depends on the channels, as for a layer that {@link
     *     Norm#newLayer()} made, and the layer is not initialized
     */
    public int getNumGroups() {
        return groupsOfChannels.applyAsInt(getChannels());
    }

    /** {@inheritDoc} */
    @Override
    public Map<String, Object> options(long channels) {
        Map<String, Object> options = super.options(channels);
        options.put("setNumGroups", groupsOfChannels.applyAsInt(channels));
        return options;
    }

    @Override
    NDArray normalize(ParameterStore parameterStore, NDList inputs, boolean training) {
        NDArray input = inputs.get(0);
        Epilogue epilogue = epilogue(parameterStore, input.getDevice(), training);
        return Normalization.byGroup(
                input, InputRules.mask(inputs), axis, getNumGroups(), epsilon, epilogue);
    }

    @Override
    void checkInputCount(int count) {
        InputRules.inputAndOptionalMask(count);
    }

    @Override
    long channels(Shape input) {
        ArrayRules.rankAtLeast(2, input, "(N, C, *)");
        return InputRules.knownChannels(axis, input);
    }

    @Override
    void checkChannels(long channels) {
        ArrayRules.groupsDivide(groupsOfChannels.applyAsInt(channels), channels);
    }

    /**
     * Normalizes each group of channels of each instance.
     *
     * @param input an array of shape (N, C, *), of type float16, float32 or float64
     * @param numGroups the number of groups, a divisor of C
     * @param gamma the scale of each channel, of shape (C), or null for one
     * @param beta the shift of each channel, of shape (C), or null for zero
     * @param epsilon a number that is added to the variance, 0 or more
     * @return a list of one array, of the input's shape and type
     * @throws IllegalArgumentException if an argument is not as described, or if there is just one
     *     value per channel
     */
    public static NDList groupNorm(
            NDArray input, int numGroups, NDArray gamma, NDArray beta, float epsilon) {
        return groupNorm(input, null, numGroups, gamma, beta, epsilon);
    }

    /**
     * Normalizes each group of channels of each instance, by the valid positions only.
     *
     * @param input an array of shape (N, C, *), of type float16, float32 or float64
     * @param mask an array of shape (N, *), not zero where the position is valid
     * @param numGroups the number of groups, a divisor of C
     * @param gamma the scale of each channel, of shape (C), or null for one
     * @param beta the shift of each channel, of shape (C), or null for zero
     * @param epsilon a number that is added to the variance, 0 or more
     * @return a list of one array, of the input's shape and type, zero where the mask is
     * @throws IllegalArgumentException if an argument is not as described, or if there is just one
     *     value per channel
     */
    public static NDList groupNorm(
            NDArray input,
            NDArray mask,
            int numGroups,
            NDArray gamma,
            NDArray beta,
            float epsilon) {
        return new NDList(
                Normalization.byGroup(
                        input, mask, 1, numGroups, Decimal.of(epsilon), Epilogue.of(gamma, beta)));
    }

    /**
     * Creates a builder to build a {@code GroupNorm}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The Builder to construct a {@link GroupNorm}. */
    public static final class Builder extends AffineChannelNorm.Builder<Builder> {

        private LongToIntFunction groupsOfChannels;

        Builder() {}

        /** Lets the number of groups depend on the number of channels. */
        Builder groupsOfChannels(LongToIntFunction groupsOfChannels) {
            this.groupsOfChannels = groupsOfChannels;
            return this;
        }

        /**
         * Sets the number of groups that the channels are divided into. Required.
         *
         * @param numGroups a divisor of the number of channels
         * @return this builder
         */
        public Builder setNumGroups(int numGroups) {
            ArrayRules.positiveGroups(numGroups);
            return groupsOfChannels(channels -> numGroups);
        }

        /**
         * Builds the layer.
         *
         * @return a new {@code GroupNorm}
         * @throws IllegalArgumentException if the number of groups is missing or below 1, epsilon
         *     negative or not finite, or the channel axis 0
         */
        public GroupNorm build() {
            check();
            if (groupsOfChannels == null) {
                ArrayRules.positiveGroups(0);
            }
            return new GroupNorm(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
