package io.github.djlnorm;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.internal.Values;
import io.github.djlnorm.internal.kernel.Epilogue;
import io.github.djlnorm.internal.kernel.KernelChoice;
import java.util.Map;
import java.util.Optional;

/**
 * A layer that gives each channel a trained scale, {@code gamma}, and shift, {@code beta}, after it
 * has been normalized. Where an option leaves one of them out, the layer has no such parameter.
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
        gamma = scale ? addPerChannel("gamma", Parameter.Type.GAMMA) : null;
        beta = center ? addPerChannel("beta", Parameter.Type.BETA) : null;
    }

    /**
     * Tells whether there is gamma, the scale of each channel.
     *
     * @return false if there is no gamma
     */
    public boolean isScale() {
        return scale;
    }

    /**
     * Tells whether there is beta, the shift of each channel.
     *
     * @return false if there is no beta
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

    /**
     * Tells which kernel would normalize an input now, which depends on its type and device, on
     * whether autograd records, and on the system property {@code io.github.djlnorm.kernel}.
     *
     * @param input an input of the layer, which must be initialized
     * @return {@code CpuKernel}, ours for float32 on the CPU where nothing is recorded; {@code
     *     TorchKernel}, libtorch's; or {@code FormulaKernel}, for other engines
     */
    public String getKernel(NDArray input) {
        return KernelChoice.nameFor(input, array(gamma), array(beta));
    }

    private static NDArray array(Parameter parameter) {
        return parameter == null ? null : parameter.getArray();
    }

    /** What becomes of a normalized value. */
    final Epilogue epilogue(ParameterStore parameterStore, Device device, boolean training) {
        return new Epilogue(
                Values.of(parameterStore, gamma, device, training),
                Values.of(parameterStore, beta, device, training),
                FusedActivation.ofKernel(activation));
    }

    /** {@inheritDoc} */
    @Override
    public Map<String, Object> options(long channels) {
        Map<String, Object> options = super.options(channels);
        options.put("optScale", scale);
        options.put("optCenter", center);
        options.put("optActivation", activation);
        return options;
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
         * Sets whether there is gamma, the scale of each channel. Defaults to true.
         *
         * @param scale false for no gamma
         * @return this builder
         */
        public T optScale(boolean scale) {
            this.scale = scale;
            return self();
        }

        /**
         * Sets whether there is beta, the shift of each channel. Defaults to true.
         *
         * @param center false for no beta
         * @return this builder
         */
        public T optCenter(boolean center) {
            this.center = center;
            return self();
        }

        /**
         * Sets an activation that the layer applies in the same call, in place: in training, one
         * array of the output's size less is kept than with an activation block after the layer.
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
