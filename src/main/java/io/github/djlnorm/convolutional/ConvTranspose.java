package io.github.djlnorm.convolutional;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.LayoutType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Deconvolution;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.github.djlnorm.internal.Described;
import io.github.djlnorm.internal.SavedBlock;
import io.github.djlnorm.internal.Values;
import io.github.djlnorm.internal.kernel.ArrayRules;
import io.github.djlnorm.internal.kernel.InputRules;
import io.github.djlnorm.torch.TorchFunction;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A transposed convolution of 1, 2 or 3 spatial axes, as PyTorch's {@code nn.ConvTranspose1d},
 * {@code 2d} and {@code 3d}: each input element adds its multiple of the kernel to the output.
 *
 * <pre>{@code
 * Block twiceAsLarge = ConvTranspose.builder()
 *         .setKernelShape(new Shape(4, 4))
 *         .setFilters(32)
 *         .optStride(new Shape(2, 2))
 *         .optPadding(new Shape(1, 1))
 *         .build();
 * }</pre>
 *
 * <p>DJL's own transposed convolutions do not run on its PyTorch engine; this one does.
 *
 * <ul>
 *   <li>Input: (N, C, *), with as many spatial axes as the kernel has
 *   <li>Parameters: weight (C, filters / groups, kernel), as in PyTorch, and by default bias
 *       (filters)
 *   <li>Output: (N, filters, *), of spatial size (size - 1) stride - 2 padding + dilation (kernel -
 *       1) + outPadding + 1
 * </ul>
 *
 * @see <a href="https://arxiv.org/abs/1603.07285">Dumoulin and Visin, A guide to convolution
 *     arithmetic for deep learning, 2016</a>
 */
public class ConvTranspose extends Deconvolution implements Described {

    private final String source;
    private final String sourceWithBias;

    ConvTranspose(Builder builder) {
        super(builder);
        source = source("x: Tensor, weight: Tensor", "None");
        sourceWithBias = source("x: Tensor, weight: Tensor, bias: Tensor", "bias");
    }

    private String source(String arguments, String biasArgument) {
        return """
        def forward(self, %s) -> Tensor:
          return torch.convolution(x, weight, %s, %s, %s, %s, True, %s, %d)
        """
                .formatted(
                        arguments,
                        biasArgument,
                        Arrays.toString(stride.getShape()),
                        Arrays.toString(padding.getShape()),
                        Arrays.toString(dilation.getShape()),
                        Arrays.toString(outPadding.getShape()),
                        groups);
    }

    /** {@inheritDoc} */
    @Override
    public Map<String, Object> options(long channels) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("setKernelShape", kernelShape);
        options.put("setFilters", filters);
        options.put("optStride", stride);
        options.put("optPadding", padding);
        options.put("optOutPadding", outPadding);
        options.put("optDilation", dilation);
        options.put("optGroups", groups);
        options.put("optBias", bias != null);
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
        if (!TorchFunction.takes(input)) {
            return super.forwardInternal(parameterStore, inputs, training, params);
        }
        ConvolutionRules.input(kernelShape, input.getShape());
        InputRules.initializedChannels(
                weight.getShape().get(0), input.getShape().get(1), input.getShape());
        Device device = input.getDevice();
        NDArray kernel = Values.of(parameterStore, weight, device, training);
        return bias == null
                ? TorchFunction.of(source, Map.of()).call(input, kernel)
                : TorchFunction.of(sourceWithBias, Map.of())
                        .call(input, kernel, Values.of(parameterStore, bias, device, training));
    }

    /** {@inheritDoc} */
    @Override
    protected void prepare(Shape[] inputs) {
        long channels = inputs[0].get(1);
        ArrayRules.groupsDivide(groups, channels);
        weight.setShape(new Shape(channels, filters / groups).addAll(kernelShape));
        if (bias != null) {
            bias.setShape(new Shape(filters));
        }
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
     * Creates a builder to build a {@code ConvTranspose}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The Builder to construct a {@link ConvTranspose}. */
    public static final class Builder extends DeconvolutionBuilder<Builder> {

        Builder() {}

        /**
         * Builds the layer.
         *
         * @return a new {@code ConvTranspose}
         * @throws IllegalArgumentException if the kernel or the filters are missing, or a shape has
         *     another number of axes than the kernel
         */
        public ConvTranspose build() {
            ConvolutionRules.kernel(kernelShape);
            ConvolutionRules.filters(filters, groups);
            stride = ConvolutionRules.orAll("stride", stride, 1, kernelShape);
            padding = ConvolutionRules.orAll("padding", padding, 0, kernelShape);
            outPadding = ConvolutionRules.orAll("outPadding", outPadding, 0, kernelShape);
            dilation = ConvolutionRules.orAll("dilation", dilation, 1, kernelShape);
            return new ConvTranspose(this);
        }

        @Override
        protected Builder self() {
            return this;
        }
    }
}
