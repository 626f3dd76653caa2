package io.github.djlnorm.samples.classification;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.io.DataInputStream;

/**
 * Stands in for a net while a model's properties are read: DJL reads them only together with
 * parameters, and only the properties tell which net has those.
 */
final class PropertiesOnlyBlock extends AbstractBlock {

    @Override
    public void loadParameters(NDManager manager, DataInputStream is) {}

    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        throw new UnsupportedOperationException("only for reading a model's properties");
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
