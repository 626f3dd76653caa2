package io.github.djlnorm.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import java.util.List;
import java.util.function.UnaryOperator;

/** The sum of a branch and its shortcut. */
final class Residual {

    private Residual() {}

    static Block sum(Block branch, Block shortcut, UnaryOperator<NDArray> activation) {
        return new ParallelBlock(
                outputs -> new NDList(activation.apply(sum(outputs))), List.of(branch, shortcut));
    }

    private static NDArray sum(List<NDList> outputs) {
        return outputs.get(0).singletonOrThrow().add(outputs.get(1).singletonOrThrow());
    }
}
