package io.github.djlnorm;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * A layer with parameters of one value per channel: {@code gamma}, the scale, and {@code beta}, the
 * shift.
 *
 * <p>Both are there whatever the options say, as in DJL's BatchNorm, so that what is saved does not
 * depend on options; an option that is off leaves them untrained at one and zero.
 */
public abstract class ChannelNorm extends AbstractBlock {

    final int axis;
    final float epsilon;
    final boolean scale;
    final boolean center;
    final Parameter gamma;
    final Parameter beta;

    ChannelNorm(Builder<?> builder) {
        super(SavedLayer.VERSION);
        axis = builder.axis;
        epsilon = builder.epsilon;
        scale = builder.scale;
        center = builder.center;
        gamma = addPerChannel("gamma", Parameter.Type.GAMMA, scale);
        beta = addPerChannel("beta", Parameter.Type.BETA, center);
    }

    final Affine affine(ParameterStore parameterStore, Device device, boolean training) {
        return new Affine(
                parameterStore.getValue(gamma, device, training),
                parameterStore.getValue(beta, device, training),
                scale || center);
    }

    /** Refuses saved values that an option which is off would leave unused. */
    final void checkUsed(Parameter parameter, NDArray saved) {
        if (parameter == gamma && !scale) {
            Require.unused("gamma", "optScale", saved, 1);
        } else if (parameter == beta && !center) {
            Require.unused("beta", "optCenter", saved, 0);
        }
    }

    final Parameter addPerChannel(String name, Parameter.Type type, boolean trained) {
        return addParameter(
                Parameter.builder().setName(name).setType(type).optRequiresGrad(trained).build());
    }

    /** Checks the shape of an input and returns its channel count. */
    abstract long channels(Shape input);

    /** {@inheritDoc} */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Require.singleInput(inputShapes.length);
        return new Shape[] {inputShapes[0]};
    }

    /** {@inheritDoc} */
    @Override
    protected void beforeInitialize(Shape... inputShapes) {
        Require.singleInput(inputShapes.length);
        long channels = channels(inputShapes[0]);
        if (gamma.isInitialized()) {
            Require.initializedChannels(gamma.getShape().get(0), channels, inputShapes[0]);
        }
        super.beforeInitialize(inputShapes);
    }

    /** {@inheritDoc} */
    @Override
    public void prepare(Shape[] inputShapes) {
        Shape perChannel = new Shape(channels(inputShapes[0]));
        parameters.values().forEach(parameter -> parameter.setShape(perChannel));
    }

    /** {@inheritDoc} */
    @Override
    protected void saveMetadata(DataOutputStream os) throws IOException {
        SavedLayer.writeMetadata(parameters.size(), getInputShapes()[0], os);
    }

    /**
     * Loads what {@link #saveParameters} wrote. If that fails, this layer is as it was.
     *
     * @param manager the manager that the parameters are attached to
     * @param is the stream to read from
     * @throws IOException if the stream cannot be read
     * @throws MalformedModelException if it ends too early, was written by an unknown version, or
     *     does not fit this layer
     */
    @Override
    public void loadParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        SavedLayer saved = SavedLayer.read(this, manager, is);
        for (Parameter parameter : parameters.values()) {
            parameter.load(manager, saved.parameter(parameter.getName()));
        }
        if (inputShapes == null) {
            super.beforeInitialize(saved.inputShape());
        }
    }

    /**
     * The options that all layers with parameters per channel have.
     *
     * @param <T> the type of the concrete builder
     */
    public abstract static class Builder<T extends Builder<T>> {

        private int axis = 1;
        private float epsilon = 1e-5f;
        private boolean scale = true;
        private boolean center = true;

        Builder() {}

        /**
         * Sets the axis of the channels in a batched input. Defaults to 1, as in (N, C, H, W);
         * negative axes count from the end, so that -1 is (N, H, W, C).
         *
         * @param axis the channel axis, not 0
         * @return this builder
         */
        public T optAxis(int axis) {
            this.axis = axis;
            return self();
        }

        /**
         * Sets epsilon, which is added to the variance before its square root is taken. Defaults to
         * 1e-5.
         *
         * @param epsilon a finite number, 0 or more
         * @return this builder
         */
        public T optEpsilon(float epsilon) {
            this.epsilon = epsilon;
            return self();
        }

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

        abstract T self();

        void check() {
            Require.notBatchAxis(axis);
            Require.epsilon(epsilon);
        }

        int axis() {
            return axis;
        }
    }
}
