package io.github.djlnorm.models;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.github.djlnorm.internal.DjlFields;
import io.github.djlnorm.internal.Intermediates;
import io.github.djlnorm.internal.Values;
import io.github.djlnorm.torch.TorchFunction;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;

/**
 * A network for images whose arrays lie channels-last in memory, which on the CPU makes libtorch's
 * convolutions of few channels several times faster on one image or a few.
 *
 * <pre>{@code
 * Block net = new ChannelsLast(
 *         CifarResNet.builder().setNumLayers(20).setOutSize(10).setNorm(Norm.group(8)).build());
 * }</pre>
 *
 * <p>Shapes stay (N, C, H, W), and so do all values but for rounding: only the memory format
 * changes, as with {@code channels_last} of PyTorch. An input of rank 4 is laid so in each call,
 * and weights of rank 4 once: when this block is initialized or loads its parameters. Convolutions,
 * poolings, activations and this library's layers keep the format from there on; a block that does
 * not gives the same result, without the gain. On another engine than PyTorch nothing changes.
 *
 * <p>The children and parameters are those of the network, with their names. Files and state dicts
 * are the same with and without this block and may be exchanged; a conversion finds the layers.
 *
 * <p>Use it to predict on small images, one or a few at a time. On batches of 32 images it gained
 * nothing, so that training has little from it.
 *
 * <ul>
 *   <li>Input: that of the network
 *   <li>Output: that of the network; images lie channels-last
 * </ul>
 */
public final class ChannelsLast extends AbstractBlock {

    private static final int IMAGES = 4;

    private static final String LAY =
            """
            def forward(self, x: Tensor) -> Tensor:
              return torch.contiguous(x, memory_format=2)
            """;
    private static final String IS_LAID =
            """
            def forward(self, x: Tensor) -> Tensor:
              return torch.tensor(torch.is_contiguous(x, memory_format=2))
            """;

    private final Block net;

    /**
     * Creates the block.
     *
     * @param net the network, which may be initialized already
     */
    @SuppressWarnings("this-escape")
    public ChannelsLast(Block net) {
        this.net = net;
        // The network's own list, so that a conversion can exchange what is in it.
        children = net instanceof AbstractBlock b ? DjlFields.children(b) : net.getChildren();
        layWeights();
    }

    /** {@inheritDoc} */
    @Override
    public ParameterList getDirectParameters() {
        return net.getDirectParameters();
    }

    /** {@inheritDoc} */
    @Override
    public void initialize(NDManager manager, DataType dataType, Shape... inputShapes) {
        net.initialize(manager, dataType, inputShapes);
        layWeights();
        Values.keep(net);
    }

    private void layWeights() {
        for (Parameter parameter : net.getParameters().values()) {
            if (parameter.getType() == Parameter.Type.WEIGHT && parameter.isInitialized()) {
                layWeight(parameter);
            }
        }
    }

    private static void layWeight(Parameter parameter) {
        NDArray weight = parameter.getArray();
        if (!isImages(weight) || isLaid(weight)) {
            return;
        }
        boolean trained = weight.hasGradient();
        NDArray laid;
        try (NDArray values = weight.stopGradient()) {
            laid = lay(values);
        }
        parameter.close();
        parameter.setShape(null); // else it takes no other array
        parameter.setArray(laid);
        laid.setRequiresGradient(trained);
        NDScope.unregister(laid);
    }

    private static boolean isImages(NDArray array) {
        return array.getShape().dimension() == IMAGES && TorchFunction.takes(array);
    }

    private static NDArray lay(NDArray array) {
        return TorchFunction.of(LAY, Map.of()).call(array).get(0);
    }

    private static boolean isLaid(NDArray array) {
        try (NDArray answer = TorchFunction.of(IS_LAID, Map.of()).call(array).get(0)) {
            return answer.getBoolean();
        }
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDList laid = layAll(inputs);
        NDList outputs = net.forward(parameterStore, laid, training, params);
        Intermediates.close(laid, inputs, outputs);
        return outputs;
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList data,
            NDList labels,
            PairList<String, Object> params) {
        NDList laid = layAll(data);
        NDList outputs = net.forward(parameterStore, laid, labels, params);
        Intermediates.close(laid, data, outputs);
        return outputs;
    }

    private static NDList layAll(NDList inputs) {
        NDList laid = new NDList(inputs.size());
        for (NDArray input : inputs) {
            NDArray next = input;
            if (isImages(input)) {
                next = lay(input);
                next.setName(input.getName());
            }
            laid.add(next);
        }
        return laid;
    }

    /** {@inheritDoc} */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return net.getOutputShapes(inputShapes);
    }

    /** {@inheritDoc} */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes, DataType[] inputDataTypes) {
        return net.getOutputShapes(inputShapes, inputDataTypes);
    }

    /** {@inheritDoc} */
    @Override
    public DataType[] getOutputDataTypes() {
        return net.getOutputDataTypes();
    }

    /** {@inheritDoc} */
    @Override
    public boolean isInitialized() {
        return net.isInitialized();
    }

    /** {@inheritDoc} */
    @Override
    public PairList<String, Shape> describeInput() {
        return net.describeInput();
    }

    /** {@inheritDoc} */
    @Override
    public Shape[] getInputShapes() {
        return net.getInputShapes();
    }

    /** {@inheritDoc} */
    @Override
    public void clear() {
        net.clear();
    }

    /** {@inheritDoc} */
    @Override
    public void saveParameters(DataOutputStream os) throws IOException {
        net.saveParameters(os);
    }

    /** {@inheritDoc} */
    @Override
    public void loadParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        try {
            net.loadParameters(manager, is);
        } finally {
            layWeights();
            Values.keep(net);
        }
    }
}
