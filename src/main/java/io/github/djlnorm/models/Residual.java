package io.github.djlnorm.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.github.djlnorm.internal.Intermediates;
import io.github.djlnorm.torch.TorchFunction;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/**
 * The sum of a branch and its shortcut, which takes the place of the branch's output: a branch ends
 * in a convolution or a norm, whose gradients do not ask for their results.
 */
final class Residual extends ParallelBlock {

    private static final String RELU_OF_SUM =
            """
            def forward(self, branch: Tensor, shortcut: Tensor) -> Tensor:
              return torch.relu_(branch.add_(shortcut))
            """;

    private final BinaryOperator<NDArray> sum;

    private Residual(Block branch, Block shortcut, BinaryOperator<NDArray> sum) {
        super(outputs -> sum(outputs.get(0), outputs.get(1), sum), List.of(branch, shortcut));
        this.sum = sum;
    }

    /** The sum as it is. */
    static Block sum(Block branch, Block shortcut) {
        return new Residual(branch, shortcut, Residual::sumInPlace);
    }

    /** No gradient of a branch's last layer asks for its result; MXNet refuses to write there. */
    private static NDArray sumInPlace(NDArray branch, NDArray shortcut) {
        return TorchFunction.takes(branch) ? branch.addi(shortcut) : branch.add(shortcut);
    }

    /** The sum after ReLU. */
    static Block reluOfSum(Block branch, Block shortcut) {
        return new Residual(branch, shortcut, Residual::reluOfSum);
    }

    private static NDArray reluOfSum(NDArray branch, NDArray shortcut) {
        return TorchFunction.takes(branch)
                ? TorchFunction.of(RELU_OF_SUM, Map.of()).call(branch, shortcut).get(0)
                : Activation.relu(branch.add(shortcut));
    }

    private static NDList sum(NDList branch, NDList shortcut, BinaryOperator<NDArray> sum) {
        return new NDList(sum.apply(branch.singletonOrThrow(), shortcut.singletonOrThrow()));
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
        NDList outputs = sum(branch, shortcut, sum);
        Intermediates.close(branch, inputs, outputs);
        Intermediates.close(shortcut, inputs, outputs);
        return outputs;
    }
}
