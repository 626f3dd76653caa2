package io.github.djlnorm.weights;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** A block as users write them, whose children have names: encoder, and decoder with one inside. */
final class TwoLayers extends AbstractBlock {

    private final Block encoder;
    private final Block decoder;

    TwoLayers() {
        encoder = addChildBlock("encoder", Linear.builder().setUnits(2).optBias(false).build());
        decoder =
                addChildBlock(
                        "decoder",
                        new SequentialBlock()
                                .add(Linear.builder().setUnits(2).optBias(false).build()));
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
        encoder.initialize(manager, type, shapes);
        decoder.initialize(manager, type, shapes);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        return decoder.forward(store, encoder.forward(store, inputs, training), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
