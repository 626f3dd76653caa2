package io.github.djlnorm.internal;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.function.BiFunction;

/**
 * A sequence that is saved and loaded as a {@link SavedBlock} and keeps no result longer than the
 * next block needs it.
 */
public class SavedSequentialBlock extends SequentialBlock {

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        if (isReturnIntermediate()) {
            return super.forwardInternal(parameterStore, inputs, training, params);
        }
        return inTurn(
                parameterStore,
                inputs,
                training,
                (block, given) -> block.forward(parameterStore, given, training));
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList data,
            NDList labels,
            PairList<String, Object> params) {
        if (isReturnIntermediate()) {
            return super.forwardInternal(parameterStore, data, labels, params);
        }
        return inTurn(
                parameterStore,
                data,
                true,
                (block, given) -> block.forward(parameterStore, given, labels, params));
    }

    private NDList inTurn(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            BiFunction<Block, NDList, NDList> forward) {
        NDList given = inputs;
        for (Block block : children.values()) {
            Values.keepCopies(parameterStore, block, given.head().getDevice(), training);
            NDList outputs = forward.apply(block, given);
            Intermediates.close(given, inputs, outputs);
            given = outputs;
        }
        return given;
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
     * Loads what {@link #saveParameters} wrote. If that fails, this block is as it was.
     *
     * @param manager the manager that the parameters are attached to
     * @param is the stream to read from
     * @throws IOException if the stream cannot be read
     * @throws MalformedModelException if it ends too early, is damaged, is of another version, or
     *     was written by another block
     */
    @Override
    public void loadParameters(NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        if (!isInitialized()) {
            inputShapes = null;
        }
        SavedBlock.load(this, manager, is, super::loadParameters);
    }
}
