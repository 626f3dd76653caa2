package io.github.djlnorm;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.internal.Decimal;
import io.github.djlnorm.internal.kernel.ArrayRules;
import io.github.djlnorm.internal.kernel.Epilogue;
import io.github.djlnorm.internal.kernel.InputRules;
import io.github.djlnorm.internal.kernel.Normalization;
import io.github.djlnorm.internal.kernel.RunningStatistics;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;

/**
 * Instance normalization: normalizes each channel of each instance over its spatial positions.
 *
 * <pre>{@code
 * Block layer = InstanceNorm.builder().build(); // nn.InstanceNorm2d(C, affine=True)
 * }</pre>
 *
 * <p>An element x of instance n and channel c becomes
 *
 * <p>\(y = \gamma_c \frac{x - \mu_{nc}}{\sqrt{\sigma_{nc}^2 + \epsilon}} + \beta_c\)
 *
 * <p>where \(\mu_{nc}\) and \(\sigma_{nc}^2\) are the mean and the biased variance of that channel
 * in that instance. It is {@link GroupNorm} with one group per channel.
 *
 * <ul>
 *   <li>Input: (N, C, *) with one or more spatial axes and more than one spatial position; with
 *       {@code optAxis(-1)} (N, *, C). With {@code optSpatialDims(d)} of exactly d spatial axes,
 *       and an input without the batch axis is one instance. Of type float16, float32 or float64.
 *   <li>Mask, optional: (N, *); without the batch axis if the input is
 *   <li>Parameters: gamma and beta of shape (C), float32 or of the input's type; with running
 *       statistics runningMean and runningVar of shape (C)
 *   <li>Output: the shape and type of the input
 * </ul>
 *
 * <p>The layer removes an image's own contrast and brightness from each channel, which is what
 * style transfer and image generation want, and what hurts where absolute intensity matters, as it
 * may in classification.
 *
 * <p>By default the layer uses the input's own statistics in training and in evaluation. With
 * {@code optTrackRunningStats(true)} training also keeps running averages, of the mean and the
 * unbiased variance over the instances of a batch, and evaluation normalizes with these instead, as
 * BatchNorm does. An empty batch leaves them as they are, and a thread that evaluates while another
 * trains sees both of one step. Freezing the layer stops them: {@link #freezeParameters} called on
 * the layer itself always does; called on a block around it, which reaches the parameters only, it
 * does when that freezes all of the layer's trained ones, so a layer with neither scale nor center
 * has to be frozen itself.
 *
 * <p>A second input, if there is one, is a mask for padded batches, as told at {@link GroupNorm}; a
 * layer with running statistics takes none.
 *
 * <p>The numbers are those of PyTorch's {@code nn.InstanceNorm1d}, {@code 2d} and {@code 3d}, which
 * are not affine by default, with the exceptions told at {@link GroupNorm}.
 *
 * @see <a href="https://arxiv.org/abs/1607.08022">Ulyanov, Vedaldi and Lempitsky, Instance
 *     Normalization: The Missing Ingredient for Fast Stylization, 2016</a>
 */
public class InstanceNorm extends AffineChannelNorm {

    private final int spatialDims;
    private final double momentum;
    private final TrackedStatistics tracked; // null if there are none
    private boolean frozen;

    InstanceNorm(Builder builder) {
        super(builder);
        spatialDims = builder.spatialDims;
        tracked = builder.trackRunningStats ? new TrackedStatistics(this, builder.momentum) : null;
        momentum = Decimal.of(builder.momentum);
    }

    /**
     * Tells whether training keeps running statistics and evaluation uses them.
     *
     * @return true if there are running statistics
     */
    public boolean isTrackRunningStats() {
        return tracked != null;
    }

    /**
     * Returns the number of spatial axes that was set.
     *
     * @return 1, 2 or 3, or 0 if the layer takes any number
     */
    public int getSpatialDims() {
        return spatialDims;
    }

    /** {@inheritDoc} */
    @Override
    public Map<String, Object> options(long channels) {
        Map<String, Object> options = super.options(channels);
        options.put("optTrackRunningStats", isTrackRunningStats());
        options.put("optMomentum", momentum);
        options.put("optSpatialDims", spatialDims);
        return options;
    }

    @Override
    NDArray normalize(ParameterStore parameterStore, NDList inputs, boolean training) {
        Device device = inputs.head().getDevice();
        // Before any scope is opened, with which the copies that a store makes would die.
        Epilogue epilogue = epilogue(parameterStore, device, training);
        if (!isTrackRunningStats() || (training && isFrozen())) {
            return asBatch(
                    inputs, (x, mask) -> Normalization.byChannel(x, mask, axis, epsilon, epilogue));
        } else if (training) {
            RunningStatistics running = tracked.inTraining(parameterStore, device);
            return asBatch(
                    inputs,
                    (x, mask) -> Normalization.byChannel(x, axis, epsilon, epilogue, running));
        }
        return tracked.inEvaluation(
                parameterStore,
                device,
                (mean, variance) ->
                        asBatch(
                                inputs,
                                (x, mask) ->
                                        Normalization.byConstants(
                                                x, axis, epsilon, epilogue, mean, variance)));
    }

    /** Runs work on a batch and its mask, which one instance is for as long as it takes. */
    private NDArray asBatch(NDList inputs, BinaryOperator<NDArray> work) {
        NDArray input = inputs.head();
        NDArray mask = InputRules.mask(inputs);
        if (!isUnbatched(input.getShape())) {
            return work.apply(input, mask);
        }
        return Normalization.keepingOnlyResult(
                () -> {
                    NDArray masks = mask == null ? null : mask.expandDims(0);
                    return work.apply(input.expandDims(0), masks).squeeze(0);
                });
    }

    private boolean isFrozen() {
        boolean trained =
                (scale && gamma.requiresGradient()) || (center && beta.requiresGradient());
        return frozen || ((scale || center) && !trained);
    }

    @Override
    void unfrozen() {
        frozen = false;
    }

    /** {@inheritDoc} */
    @Override
    public void freezeParameters(boolean freeze, Predicate<Parameter> predicate) {
        super.freezeParameters(freeze, predicate);
        if (isTrackRunningStats() && tracked.any(predicate)) {
            frozen = freeze;
        }
    }

    private boolean isUnbatched(Shape shape) {
        return spatialDims > 0 && InputRules.isUnbatched(spatialDims, shape);
    }

    @Override
    void checkInputCount(int count) {
        if (isTrackRunningStats()) {
            InputRules.noMask(count);
        } else {
            InputRules.inputAndOptionalMask(count);
        }
    }

    @Override
    long channels(Shape input) {
        Shape batched = isUnbatched(input) ? new Shape(1).addAll(input) : input;
        ArrayRules.rankAtLeast(3, batched, "(N, C, *) with one or more spatial axes");
        return InputRules.knownChannels(axis, batched);
    }

    /**
     * Normalizes each channel of each instance.
     *
     * @param input an array of shape (N, C, *) with one or more spatial axes, of type float16,
     *     float32 or float64
     * @param gamma the scale of each channel, of shape (C), or null for one
     * @param beta the shift of each channel, of shape (C), or null for zero
     * @param epsilon a number that is added to the variance, 0 or more
     * @return a list of one array, of the input's shape and type
     * @throws IllegalArgumentException if an argument is not as described, or if there is just one
     *     spatial position
     */
    public static NDList instanceNorm(NDArray input, NDArray gamma, NDArray beta, float epsilon) {
        return instanceNorm(input, null, gamma, beta, epsilon);
    }

    /**
     * Normalizes each channel of each instance, by the valid positions only.
     *
     * @param input as above, and gamma, beta and epsilon too
     * @param mask an array of shape (N, *), not zero where the position is valid
     * @param gamma the scale
     * @param beta the shift
     * @param epsilon what is added to the variance
     * @return a list of one array, of the input's shape and type, zero where the mask is
     * @throws IllegalArgumentException as above
     */
    public static NDList instanceNorm(
            NDArray input, NDArray mask, NDArray gamma, NDArray beta, float epsilon) {
        return new NDList(
                Normalization.byChannel(
                        input, mask, 1, Decimal.of(epsilon), Epilogue.of(gamma, beta)));
    }

    /**
     * Creates a builder to build an {@code InstanceNorm}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The Builder to construct an {@link InstanceNorm}. */
    public static final class Builder extends AffineChannelNorm.Builder<Builder> {

        private boolean trackRunningStats;
        private float momentum = 0.9f;
        private int spatialDims;

        Builder() {}

        /**
         * Sets whether training keeps running averages of mean and variance, and evaluation uses
         * them. Defaults to false.
         *
         * @param trackRunningStats true to keep and use running statistics
         * @return this builder
         */
        public Builder optTrackRunningStats(boolean trackRunningStats) {
            this.trackRunningStats = trackRunningStats;
            return this;
        }

        /**
         * Sets the weight of the old value when running statistics move. Defaults to 0.9, which is
         * PyTorch's 0.1.
         *
         * @param momentum a number from 0 to 1
         * @return this builder
         */
        public Builder optMomentum(float momentum) {
            this.momentum = momentum;
            return this;
        }

        /**
         * Sets the number of spatial axes: 1, 2 or 3. An input with one dimension less than a batch
         * is then one instance, (C, *), as in PyTorch's InstanceNorm1d, 2d and 3d. By default any
         * number is taken, and inputs are batches.
         *
         * @param spatialDims the number of spatial axes
         * @return this builder
         */
        public Builder optSpatialDims(int spatialDims) {
            OptionRules.spatialDims(spatialDims);
            this.spatialDims = spatialDims;
            return this;
        }

        /**
         * Builds the layer.
         *
         * @return a new {@code InstanceNorm}
         * @throws IllegalArgumentException if epsilon is negative or not finite, momentum outside
         *     of 0 to 1, or the channel axis 0 or outside of the given spatial dimensions
         */
        public InstanceNorm build() {
            check();
            OptionRules.momentum(momentum);
            if (spatialDims > 0) {
                OptionRules.axisFitsSpatialDims(axis(), spatialDims);
            }
            return new InstanceNorm(this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
