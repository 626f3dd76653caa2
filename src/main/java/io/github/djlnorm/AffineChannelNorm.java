package io.github.djlnorm;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.internal.kernel.Epilogue;
import java.util.Optional;

/**
 * A layer that gives each channel a trained scale, {@code gamma}, and shift, {@code beta}, after it
 * has been normalized.
 */
public abstract class AffineChannelNorm extends ChannelNorm {

    final boolean scale;
    final boolean center;
    final Parameter gamma;
    final Parameter beta;
    private final FusedActivation activation;

    AffineChannelNorm(Builder<?> builder) {
        super(builder);
        scale = builder.scale;
        center = builder.center;
        activation = builder.activation;
        gamma = addPerChannel("gamma", Parameter.Type.GAMMA, scale);
        beta = addPerChannel("beta", Parameter.Type.BETA, center);
    }

    /**
     * Tells whether gamma, the scale of each channel, is trained.
     *
     * @return false if gamma stays at one
     */
    public boolean isScale() {
        return scale;
    }

    /**
     * Tells whether beta, the shift of each channel, is trained.
     *
     * @return false if beta stays at zero
     */
    public boolean isCenter() {
        return center;
    }

    /**
     * Returns the activation that the layer applies to its output in place.
     *
     * @return the activation, or nothing if the output is that of the normalization
     */
    public Optional<FusedActivation> getActivation() {
        return Optional.ofNullable(activation);
    }

    /** What becomes of a normalized value. */
    final Epilogue epilogue(ParameterStore parameterStore, Device device, boolean training) {
        return new Epilogue(
                scale ? parameterStore.getValue(gamma, device, training) : null,
                center ? parameterStore.getValue(beta, device, training) : null,
                FusedActivation.ofKernel(activation));
    }

    @Override
    void checkUsed(Parameter parameter, NDArray saved) {
        if (parameter == gamma && !scale) {
            Require.unused("gamma", "optScale", saved, 1);
        } else if (parameter == beta && !center) {
            Require.unused("beta", "optCenter", saved, 0);
        }
    }

    /**
     * The options that all layers with a scale and a shift have.
     *
     * @param <T> the type of the concrete builder
     */
    public abstract static class Builder<T extends Builder<T>> extends ChannelNorm.Builder<T> {

        private boolean scale = true;
        private boolean center = true;
        private FusedActivation activation;

        Builder() {}

        /**
         * Sets whether gamma, the scale of each channel, is trained. Defaults to true.
         *
         * @param scale false to leave gamma at one
         * @return this builder
         */
        public T optScale(boolean scale) {
            this.scale = scale;
            return self();
        }

        /**
         * Sets whether beta, the shift of each channel, is trained. Defaults to true.
         *
         * @param center false to leave beta at zero
         * @return this builder
         */
        public T optCenter(boolean center) {
            this.center = center;
            return self();
        }

        /**
         * Sets an activation that the layer applies in the same call, in place: in training, one
         * array of the output's size less is kept than with an activation block behind the layer.
         * Defaults to none.
         *
         * @param activation the activation, or null for none
         * @return this builder
         */
        public T optActivation(FusedActivation activation) {
            this.activation = activation;
            return self();
        }
    }
}
