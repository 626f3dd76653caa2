package io.github.djlnorm.convolutional;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.LayoutType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.github.djlnorm.internal.ConvolutionOptions;
import io.github.djlnorm.internal.Decimal;
import io.github.djlnorm.internal.Described;
import io.github.djlnorm.internal.SavedBlock;
import io.github.djlnorm.internal.Values;
import io.github.djlnorm.internal.kernel.ArrayRules;
import io.github.djlnorm.internal.kernel.Epilogue;
import io.github.djlnorm.internal.kernel.InputRules;
import io.github.djlnorm.internal.kernel.Normalization;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;

/**
 * A convolution whose weights are standardized before each use: every filter has mean zero and
 * variance one over its own weights.
 *
 * <pre>{@code
 * Block stage = new SequentialBlock()
 *         .add(WeightStandardizedConv.builder().setKernelShape(new Shape(3, 3)).setFilters(64).build())
 *         .add(GroupNorm.builder().setNumGroups(32).build());
 * }</pre>
 *
 * <p>A weight w of filter o, of m = C / groups * kernel size weights, is used as
 *
 * <p>\(\hat{w} = \frac{w - \mu_o}{\sqrt{\sigma_o^2 + \epsilon}}\)
 *
 * <p>with the mean and the biased variance of the filter's m weights. Gradients take the
 * standardization into account. What is saved and trained is w.
 *
 * <ul>
 *   <li>Input: (N, C, *), with as many spatial axes as the kernel has: 1, 2 or 3
 *   <li>Parameters: weight (filters, C / groups, kernel), with {@code optBias(true)} also bias
 *       (filters)
 *   <li>Output: (N, filters, *), with the spatial sizes of DJL's convolutions
 * </ul>
 *
 * <p>Its place is before a {@link io.github.djlnorm.GroupNorm} in networks trained with small
 * batches, where the pair takes the part of BatchNorm. The scale of the weights says nothing then,
 * so the output needs a normalization after it. The bias is off by default for the same reason.
 *
 * @see <a href="https://arxiv.org/abs/1903.10520">Qiao et al., Micro-Batch Training with
 *     Batch-Channel Normalization and Weight Standardization, 2019</a>
 */
public class WeightStandardizedConv extends Convolution implements Described {

    private final float epsilon;

    WeightStandardizedConv(Builder builder) {
        super(builder);
        epsilon = builder.epsilon;
    }

    /** {@inheritDoc} */
    @Override
    public Map<String, Object> options(long channels) {
        Map<String, Object> options = ConvolutionOptions.of(this);
        options.put("optEpsilon", epsilon);
        return options;
    }

    /** {@inheritDoc} */
    @Override
    public void initialize(NDManager manager, DataType dataType, Shape... inputShapes) {
        super.initialize(manager, dataType, inputShapes);
        Values.keep(this);
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
        if (!isInitialized()) {
            inputShapes = null;
        }
        SavedBlock.load(this, manager, is, super::loadParameters);
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray input = InputRules.singleInput(inputs);
        Device device = input.getDevice();
        NDArray raw = Values.of(parameterStore, weight, device, training);
        NDArray shift = Values.of(parameterStore, bias, device, training);
        return new NDList(
                Normalization.keepingOnlyResult(
                        () ->
                                input.getNDArrayInternal()
                                        .convolution(
                                                input,
                                                standardize(raw, epsilon),
                                                shift,
                                                stride,
                                                padding,
                                                dilation,
                                                groups)
                                        .singletonOrThrow()));
    }

    /**
     * Standardizes the weights of each filter.
     *
     * @param weight an array of shape (filters, *) with two or more weights per filter
     * @param epsilon what is added to the variance, 0 or more
     * @return an array of the same shape and type
     * @throws IllegalArgumentException if an argument is not as described
     */
    public static NDArray standardize(NDArray weight, float epsilon) {
        Shape shape = weight.getShape();
        ArrayRules.rankAtLeast(2, shape, "(filters, *)");
        ConvolutionRules.severalWeights(shape);
        // A filter as an instance with one group, which leaves the weights where they lie in
        // memory.
        return Normalization.byGroup(
                weight, null, 1, 1, Decimal.of(epsilon), Epilogue.of(null, null));
    }

    /** {@inheritDoc} */
    @Override
    protected void prepare(Shape[] inputs) {
        ArrayRules.groupsDivide(groups, inputs[0].get(1));
        super.prepare(inputs);
        ConvolutionRules.severalWeights(weight.getShape());
    }

    /** {@inheritDoc} */
    @Override
    protected LayoutType[] getExpectedLayout() {
        return ConvolutionRules.layout(kernelShape);
    }

    /** {@inheritDoc} */
    @Override
    protected String getStringLayout() {
        return LayoutType.toString(getExpectedLayout());
    }

    /** {@inheritDoc} */
    @Override
    protected int numDimensions() {
        return kernelShape.dimension() + 2;
    }

    /**
     * Creates a builder to build a {@code WeightStandardizedConv}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The Builder to construct a {@link WeightStandardizedConv}. */
    public static final class Builder extends ConvolutionBuilder<Builder> {

        private float epsilon = 1e-5f;

        Builder() {
            includeBias = false;
        }

        /**
         * Sets epsilon, which is added to the variance of a filter's weights. Defaults to 1e-5.
         *
         * @param epsilon a finite number, 0 or more
         * @return this builder
         */
        public Builder optEpsilon(float epsilon) {
            this.epsilon = epsilon;
            return this;
        }

        /**
         * Builds the layer.
         *
         * @return a new {@code WeightStandardizedConv}
         * @throws IllegalArgumentException if the kernel or the filters are missing, a shape has
         *     another number of axes than the kernel, or epsilon is negative or not finite
         */
        public WeightStandardizedConv build() {
            ConvolutionRules.kernel(kernelShape);
            ConvolutionRules.filters(filters, groups);
            ArrayRules.epsilon(Decimal.of(epsilon));
            stride = ConvolutionRules.orAll("stride", stride, 1, kernelShape);
            padding = ConvolutionRules.orAll("padding", padding, 0, kernelShape);
            dilation = ConvolutionRules.orAll("dilation", dilation, 1, kernelShape);
            return new WeightStandardizedConv(this);
        }

        @Override
        protected Builder self() {
            return this;
        }
    }
}
