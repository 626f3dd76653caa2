package io.github.djlnorm;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.github.djlnorm.internal.Decimal;
import io.github.djlnorm.internal.kernel.ArrayRules;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * A normalization layer for inputs with a channel axis, whose parameters, if it has any, hold one
 * value per channel.
 *
 * <p>Which parameters a layer has depends on its class, and not on what is trained: as in DJL's
 * BatchNorm, an option that is off leaves its parameter untrained at the value that changes
 * nothing.
 */
public abstract class ChannelNorm extends AbstractBlock {

    final int axis;
    private final float writtenEpsilon;
    final double epsilon;

    ChannelNorm(Builder<?> builder) {
        super(SavedLayer.VERSION);
        axis = builder.axis;
        writtenEpsilon = builder.epsilon;
        epsilon = Decimal.of(builder.epsilon);
    }

    /**
     * Returns the axis of the channels in a batched input.
     *
     * @return the axis as it was set; a negative one counts from the end
     */
    public int getAxis() {
        return axis;
    }

    /**
     * Returns epsilon, which is added under the square root. The number used is the decimal that
     * was written: 0.00001 for 1e-5f.
     *
     * @return a finite number, 0 or more
     */
    public float getEpsilon() {
        return writtenEpsilon;
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        checkInputCount(inputs.size());
        return new NDList(normalize(parameterStore, inputs, training));
    }

    abstract NDArray normalize(ParameterStore parameterStore, NDList inputs, boolean training);

    /** Checks the shape of the data, the first input, and returns its channel count. */
    abstract long channels(Shape input);

    void checkInputCount(int count) {
        Require.singleInput(count);
    }

    /** The mask of the valid positions, or null if every position is. */
    static NDArray mask(NDList inputs) {
        return inputs.size() == 1 ? null : inputs.get(1);
    }

    /** The shape of each of the layer's parameters. */
    Shape parameterShape(long channels) {
        return new Shape(channels);
    }

    /** Refuses saved values that an option which is off would leave unused. */
    void checkUsed(Parameter parameter, NDArray saved) {}

    final Parameter addPerChannel(String name, Parameter.Type type, boolean trained) {
        return addParameter(
                Parameter.builder().setName(name).setType(type).optRequiresGrad(trained).build());
    }

    /**
     * Gives a parameter that must never be trained. Unfreezing a block makes DJL train all of its
     * parameters, and an optimizer's weight decay would then move this one too.
     */
    static NDArray untrained(
            Parameter parameter, ParameterStore parameterStore, Device device, boolean training) {
        if (parameter.requiresGradient()) {
            parameter.freeze(true);
        }
        NDArray array = parameterStore.getValue(parameter, device, training);
        if (array.hasGradient()) {
            array.setRequiresGradient(false);
        }
        return array;
    }

    /** {@inheritDoc} */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        checkInputCount(inputShapes.length);
        return new Shape[] {inputShapes[0]};
    }

    /** {@inheritDoc} */
    @Override
    protected void beforeInitialize(Shape... inputShapes) {
        checkInputCount(inputShapes.length);
        long channels = channels(inputShapes[0]);
        for (Parameter parameter : parameters.values()) {
            if (parameter.isInitialized()) {
                Require.initializedChannels(parameter.getShape(), channels, inputShapes[0]);
            }
        }
        super.beforeInitialize(inputShapes);
    }

    /** {@inheritDoc} */
    @Override
    public void prepare(Shape[] inputShapes) {
        Shape shape = parameterShape(channels(inputShapes[0]));
        parameters.values().forEach(parameter -> parameter.setShape(shape));
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
     * The options that all of these layers have.
     *
     * @param <T> the type of the concrete builder
     */
    public abstract static class Builder<T extends Builder<T>> {

        private int axis;
        private float epsilon = 1e-5f;

        Builder() {
            this(1);
        }

        Builder(int defaultAxis) {
            axis = defaultAxis;
        }

        /**
         * Sets the axis of the channels in a batched input. Defaults to 1, as in (N, C, H, W),
         * unless the layer says otherwise; negative axes count from the end, so that -1 is (N, H,
         * W, C).
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

        abstract T self();

        void check() {
            ArrayRules.notBatchAxis(axis);
            ArrayRules.epsilon(Decimal.of(epsilon));
        }

        int axis() {
            return axis;
        }
    }
}
