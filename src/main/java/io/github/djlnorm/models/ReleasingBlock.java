package io.github.djlnorm.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/**
 * A sequence of blocks that outside of training keeps no result longer than the next block needs
 * it, so that the memory for a large image does not grow with the number of blocks.
 */
final class ReleasingBlock extends SequentialBlock {

    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        if (training) {
            return super.forwardInternal(parameterStore, inputs, true, params);
        }
        NDArray input = inputs.singletonOrThrow();
        NDManager manager = input.getManager();
        // A copy, since the input itself is not to be released.
        NDList current = new NDList(input.duplicate());
        for (Block block : children.values()) {
            try (NDManager scratch = manager.newSubManager()) {
                current.attach(scratch);
                current = block.forward(parameterStore, current, false);
                current.attach(manager);
            }
        }
        return current;
    }
}
