package io.github.djlnorm.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.github.djlnorm.internal.Intermediates;
import io.github.djlnorm.torch.TorchFunction;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/**
 * A branch and the shortcut around it. Their sum takes the place of the branch's output: a branch
 * ends in a convolution or a norm, whose gradients do not ask for their results.
 */
final class Shortcut extends ParallelBlock {

    private static final String RELU_OF_SUM =
            """
            def forward(self, branch: Tensor, shortcut: Tensor) -> Tensor:
              return torch.relu_(branch.add_(shortcut))
            """;

    private final BinaryOperator<NDArray> join;

    private Shortcut(Block branch, Block shortcut, BinaryOperator<NDArray> join) {
        super(outputs -> join(outputs.get(0), outputs.get(1), join), List.of(branch, shortcut));
        this.join = join;
    }

    /** The sum as it is. */
    static Block sum(Block branch, Block shortcut) {
        return new Shortcut(branch, shortcut, Shortcut::sumInPlace);
    }

    /** No gradient of a branch's last layer asks for its result; MXNet refuses to write there. */
    private static NDArray sumInPlace(NDArray branch, NDArray shortcut) {
        return TorchFunction.takes(branch) ? branch.addi(shortcut) : branch.add(shortcut);
    }

    /** The sum after ReLU. */
    static Block reluOfSum(Block branch, Block shortcut) {
        return new Shortcut(branch, shortcut, Shortcut::reluOfSum);
    }

    private static NDArray reluOfSum(NDArray branch, NDArray shortcut) {
        return TorchFunction.takes(branch)
                ? TorchFunction.of(RELU_OF_SUM, Map.of()).call(branch, shortcut).get(0)
                : Activation.relu(branch.add(shortcut));
    }

    /** The channels of the input, then those of the branch, brought to the input's size. */
    static Block concatenated(Block branch) {
        return new Shortcut(branch, Blocks.identityBlock(), Shortcut::concatenate);
    }

    private static NDArray concatenate(NDArray branch, NDArray input) {
        Shape size = input.getShape();
        try (NDArray rows = pad(branch, 2, size.get(2));
                NDArray padded = pad(rows, 3, size.get(3))) {
            return input.concat(padded, 1);
        }
    }

    /** Appends zeros to an axis up to a length. */
    private static NDArray pad(NDArray x, int axis, long length) {
        long[] missing = x.getShape().getShape().clone();
        missing[axis] = length - missing[axis];
        if (missing[axis] == 0) {
            return x;
        }
        try (NDArray zeros = x.getManager().zeros(new Shape(missing), x.getDataType())) {
            return x.concat(zeros, axis);
        }
    }

    private static NDList join(NDList branch, NDList shortcut, BinaryOperator<NDArray> join) {
        return new NDList(join.apply(branch.singletonOrThrow(), shortcut.singletonOrThrow()));
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDList branch = children.valueAt(0).forward(parameterStore, inputs, training, params);
        NDList shortcut = children.valueAt(1).forward(parameterStore, inputs, training, params);
        NDList outputs = join(branch, shortcut, join);
        Intermediates.close(branch, inputs, outputs);
        Intermediates.close(shortcut, inputs, outputs);
        return outputs;
    }
}
