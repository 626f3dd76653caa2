package io.github.djlnorm;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.github.djlnorm.internal.Decimal;
import io.github.djlnorm.internal.Described;
import io.github.djlnorm.internal.SavedBlock;
import io.github.djlnorm.internal.Values;
import io.github.djlnorm.internal.kernel.ArrayRules;
import io.github.djlnorm.internal.kernel.InputRules;
import io.github.djlnorm.internal.kernel.KernelChoice;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A normalization layer for inputs with a channel axis, whose parameters, if it has any, hold one
 * value per channel.
 *
 * <p>An option that is off has no parameter: there is nothing that could be initialized, trained,
 * decayed or saved. Running statistics and other constants are parameters that nothing trains:
 * neither {@code freezeParameters(false)} nor {@code setInitializer} on a block around the layer
 * reaches them. One gap is left, where DJL asks nobody: a block around the layer is unfrozen after
 * a forward call, and the optimizer takes its step before the next one.
 *
 * <p>A layer's file says what the layer is. A layer that differs from it in class, axis, epsilon,
 * groups, classes or another option refuses it; momentum, which changed no number yet, may differ.
 */
public abstract class ChannelNorm extends AbstractBlock implements Described {

    final int axis;
    private final float writtenEpsilon;
    final double epsilon;
    private final Constants constants = new Constants();
    private long channels;

    ChannelNorm(Builder<?> builder) {
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
     * Returns epsilon, which is added under the root, as the decimal written: 0.00001 for 1e-5f.
     *
     * @return a finite number, 0 or more
     */
    public float getEpsilon() {
        return writtenEpsilon;
    }

    /**
     * Returns the number of channels, which the layer has since it was initialized or loaded.
     *
     * @return the number of channels, or 0 if it is not known
     */
    @Override
    public long getChannels() {
        return channels;
    }

    /** {@inheritDoc} */
    @Override
    public Map<String, Object> options(long channels) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("optAxis", axis);
        options.put("optEpsilon", epsilon);
        return options;
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        checkInputCount(inputs.size());
        if (channels > 0) {
            Shape input = inputs.get(0).getShape();
            InputRules.inputChannels(channels, channels(input), input);
        }
        keepConstants();
        return new NDList(normalize(parameterStore, inputs, training));
    }

    abstract NDArray normalize(ParameterStore parameterStore, NDList inputs, boolean training);

    /** Checks the shape of the data, the first input, and returns its channel count. */
    abstract long channels(Shape input);

    /** Checks that the layer can have so many channels. */
    void checkChannels(long channels) {}

    void checkInputCount(int count) {
        InputRules.singleInput(count);
    }

    /** The shape of each of the layer's parameters. */
    Shape parameterShape(long channels) {
        return new Shape(channels);
    }

    final Parameter addPerChannel(String name, Parameter.Type type) {
        return addParameter(Parameter.builder().setName(name).setType(type).build());
    }

    /** Adds a parameter that nothing trains and that always starts from its type's own value. */
    final Parameter addConstant(String name, Parameter.Type type) {
        return constants.add(addParameter(Constants.constant(name, type)));
    }

    private void keepConstants() {
        if (constants.freezeAgain()) {
            unfrozen();
        }
    }

    /** Called after a block around the layer was unfrozen. */
    void unfrozen() {}

    /** {@inheritDoc} */
    @Override
    public ParameterList getDirectParameters() {
        keepConstants();
        return super.getDirectParameters();
    }

    /** {@inheritDoc} */
    @Override
    public void freezeParameters(boolean freeze) {
        freezeParameters(freeze, parameter -> true);
    }

    /** {@inheritDoc} */
    @Override
    public void freezeParameters(boolean freeze, Predicate<Parameter> predicate) {
        super.freezeParameters(freeze, predicate.and(parameter -> !constants.contains(parameter)));
    }

    /** {@inheritDoc} */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        checkInputCount(inputShapes.length);
        return new Shape[] {inputShapes[0]};
    }

    /** {@inheritDoc} The first layer of a process loads the native kernel, too. */
    @Override
    public void initialize(NDManager manager, DataType dataType, Shape... inputShapes) {
        KernelChoice.prepare(manager);
        super.initialize(manager, dataType, inputShapes);
        Values.keep(this);
    }

    /** {@inheritDoc} */
    @Override
    protected void beforeInitialize(Shape... inputShapes) {
        checkInputCount(inputShapes.length);
        long initialized = channels(inputShapes[0]);
        checkChannels(initialized);
        for (Parameter parameter : parameters.values()) {
            if (parameter.isInitialized()) {
                InputRules.initializedChannels(parameter.getShape(), initialized, inputShapes[0]);
            }
        }
        constants.initializeByType();
        super.beforeInitialize(inputShapes);
        channels = initialized;
    }

    /** {@inheritDoc} */
    @Override
    public void prepare(Shape[] inputShapes) {
        Shape shape = parameterShape(channels(inputShapes[0]));
        parameters.values().forEach(parameter -> parameter.setShape(shape));
    }

    /** {@inheritDoc} */
    @Override
    public void clear() {
        super.clear();
        inputShapes = null;
        channels = 0;
    }

    /** {@inheritDoc} */
    @Override
    public void saveParameters(DataOutputStream os) throws IOException {
        SavedBlock.write(this, os, super::saveParameters);
    }

    /**
     * Loads what {@link #saveParameters} wrote. If that fails, this layer is as it was.
     *
     * @param manager the manager that the parameters are attached to
     * @param is the stream to read from
     * @throws IOException if the stream cannot be read
     * @throws MalformedModelException if it ends too early, is damaged, is of another version, or
     *     was written by another layer
     */
    @Override
    public void loadParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        KernelChoice.prepare(manager);
        SavedBlock.load(this, manager, is, this::loadChecked);
    }

    private void loadChecked(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        if (parameters.isEmpty() || !isInitialized()) {
            inputShapes = null;
        }
        super.loadParameters(manager, is);
        checkInputCount(inputShapes.length);
        super.beforeInitialize(inputShapes);
        channels = channels(inputShapes[0]);
        checkChannels(channels);
        for (Parameter parameter : parameters.values()) {
            InputRules.savedShape(
                    parameter.getName(), parameter.getShape(), parameterShape(channels));
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
