package io.github.djlnorm.parity.implementations;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Forward and backward on DJL's PyTorch engine. */
public final class Autograd {

    private Autograd() {}

    /** Runs forward, and sends the gradient back that is given for its result. */
    public static NDArray run(Supplier<NDArray> forward, UnaryOperator<NDArray> gradient) {
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray y = forward.get();
            collector.backward(y.mul(gradient.apply(y)).sum());
            return y;
        }
    }

    /** Runs forward while nothing is recorded, whatever the thread did before. */
    public static <T> T without(Supplier<T> forward) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            return forward.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }
}
