package io.github.djlnorm.parity;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import java.util.function.Supplier;

/** Forward and backward on DJL's PyTorch engine. */
final class Autograd {

    private Autograd() {}

    /** Runs forward, and sends a gradient back from its result. */
    static NDArray run(Supplier<NDArray> forward, NDArray dy) {
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray y = forward.get();
            collector.backward(y.mul(dy).sum());
            return y;
        }
    }
}
