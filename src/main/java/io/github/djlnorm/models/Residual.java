package io.github.djlnorm.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import io.github.djlnorm.torch.TorchFunction;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/** The sum of a branch and its shortcut. */
final class Residual {

    // A branch ends in a convolution or a norm, whose gradients do not ask for their results.
    private static final String IN_PLACE =
            """
            def forward(self, branch: Tensor, shortcut: Tensor) -> Tensor:
              return torch.relu_(branch.add_(shortcut))
            """;

    private Residual() {}

    /** The sum as it is. */
    static Block sum(Block branch, Block shortcut) {
        return sum(branch, shortcut, NDArray::add);
    }

    /** The sum after ReLU, which on the PyTorch engine takes the place of the branch's output. */
    static Block reluOfSum(Block branch, Block shortcut) {
        return sum(branch, shortcut, Residual::reluOfSum);
    }

    private static NDArray reluOfSum(NDArray branch, NDArray shortcut) {
        return TorchFunction.takes(branch)
                ? TorchFunction.of(IN_PLACE, Map.of()).call(branch, shortcut).get(0)
                : Activation.relu(branch.add(shortcut));
    }

    private static Block sum(Block branch, Block shortcut, BinaryOperator<NDArray> sum) {
        return new ParallelBlock(
                outputs ->
                        new NDList(
                                sum.apply(
                                        outputs.get(0).singletonOrThrow(),
                                        outputs.get(1).singletonOrThrow())),
                List.of(branch, shortcut));
    }
}
