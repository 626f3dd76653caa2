package io.github.djlnorm.benchmark;

import ai.djl.ndarray.NDArray;
import io.github.djlnorm.torch.TorchFunction;
import java.util.Map;
import java.util.function.UnaryOperator;

/** libtorch's group_norm as any TorchScript is called from DJL, and nothing else. */
final class GroupNormFunction {

    private static final String SOURCE =
            """
            def forward(self, x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
              return torch.group_norm(x, self.groups, gamma, beta, 1.e-05)
            """;

    private GroupNormFunction() {}

    static UnaryOperator<NDArray> of(Trial trial, NDArray gamma, NDArray beta) {
        TorchFunction function = TorchFunction.of(SOURCE, Map.of("groups", (long) trial.groups()));
        return x -> function.call(x, gamma, beta).singletonOrThrow();
    }
}
