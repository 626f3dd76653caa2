package io.github.djlnorm;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.util.function.UnaryOperator;

/** What tests do with layers. */
public final class Run {

    public static final boolean TRAINING = true;
    public static final boolean EVALUATION = false;

    private Run() {}

    public static <B extends Block> B initialized(B block, NDManager manager, long... shape) {
        block.initialize(manager, DataType.FLOAT32, new Shape(shape));
        return block;
    }

    public static NDArray forward(Block block, NDArray input, boolean training) {
        return forward(block, new NDList(input), training);
    }

    public static NDArray forward(Block block, NDList inputs, boolean training) {
        ParameterStore store = new ParameterStore(inputs.head().getManager(), false);
        return block.forward(store, inputs, training).singletonOrThrow();
    }

    /** Leaves the gradients of sum(output * upstream) in the input and the block's parameters. */
    public static NDArray backward(Block block, NDArray input, NDArray upstream, boolean training) {
        return backward(block, new NDList(input), upstream, training);
    }

    public static NDArray backward(Block block, NDList inputs, NDArray upstream, boolean training) {
        for (Parameter parameter : block.getParameters().values()) {
            if (parameter.getArray().hasGradient()) {
                clearGradient(parameter);
            }
        }
        return backward(
                x -> {
                    NDList all = new NDList(inputs);
                    all.set(0, x);
                    return forward(block, all, training);
                },
                inputs.head(),
                upstream);
    }

    public static NDArray backward(
            UnaryOperator<NDArray> function, NDArray input, NDArray upstream) {
        input.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray output = function.apply(input);
            collector.backward(output.mul(upstream).sum());
            return output;
        }
    }

    public static void set(Parameter parameter, double... values) {
        Shape shape = parameter.getArray().getShape();
        try (NDArray doubles = parameter.getArray().getManager().create(values, shape)) {
            doubles.toType(parameter.getArray().getDataType(), true).copyTo(parameter.getArray());
        }
    }

    public static double[] values(Block block, String parameter) {
        return Arrays64.values(block.getParameters().get(parameter).getArray());
    }

    public static NDArray gradient(Parameter parameter) {
        return parameter.getArray().getGradient();
    }

    public static void clearGradient(Parameter parameter) {
        NDArray gradient = gradient(parameter);
        gradient.subi(gradient.duplicate());
    }
}
