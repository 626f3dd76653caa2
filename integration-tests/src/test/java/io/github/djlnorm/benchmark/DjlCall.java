package io.github.djlnorm.benchmark;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import io.github.djlnorm.internal.kernel.KernelChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Work on DJL's PyTorch engine, as a user's code does it. */
final class DjlCall implements Call {

    /** Makes a function of the input from gamma and beta. */
    @FunctionalInterface
    interface Formula {
        UnaryOperator<NDArray> of(Trial trial, NDArray gamma, NDArray beta);
    }

    private final Trial trial;
    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private final List<NDArray> parameters = new ArrayList<>();
    private final NDArray x;
    private final NDArray dy;
    private final UnaryOperator<NDArray> forward;
    private final boolean leavesArrays;

    private DjlCall(Trial trial, Formula formula) {
        this.trial = trial;
        x = input(trial, manager);
        dy = upstream(trial.input().shape());
        Shape perChannel = new Shape(trial.input().channels());
        NDArray gamma = set(manager.create(perChannel), true);
        NDArray beta = set(manager.create(perChannel), false);
        parameters.forEach(array -> array.setRequiresGradient(true));
        leavesArrays = true;
        forward = formula.of(trial, gamma, beta);
    }

    private DjlCall(Trial trial, Block net, UnaryOperator<Block> finish, boolean training) {
        this.trial = trial;
        x = input(trial, manager);
        Shape shape = trial.input().shape();
        net.initialize(manager, DataType.FLOAT32, shape);
        dy = upstream(net.getOutputShapes(new Shape[] {shape})[0]);
        for (Pair<String, Parameter> parameter : net.getParameters()) {
            Parameter.Type type = parameter.getValue().getType();
            set(
                    parameter.getValue().getArray(),
                    type == Parameter.Type.GAMMA || type == Parameter.Type.RUNNING_VAR);
        }
        Block block = finish.apply(net);
        parameters.clear();
        block.getParameters().values().forEach(p -> parameters.add(p.getArray()));
        leavesArrays = dy != null || !block.getChildren().isEmpty();
        ParameterStore store = new ParameterStore(manager, false);
        forward = x -> block.forward(store, new NDList(x), training).singletonOrThrow();
    }

    /** A function that is no block. */
    static Call ofFormula(Trial trial, Formula formula) {
        return new DjlCall(trial, formula);
    }

    /** A block, in training where there are gradients. */
    static Call ofBlock(Trial trial, Block block) {
        return ofBlock(trial, block, UnaryOperator.identity());
    }

    /** A block that becomes another one when it has its numbers. */
    static Call ofBlock(Trial trial, Block block, UnaryOperator<Block> finish) {
        return new DjlCall(trial, block, finish, trial.work().differentiates());
    }

    /** A block in training, whether there are gradients or not. */
    static Call ofTrainingBlock(Trial trial, Block block) {
        return new DjlCall(trial, block, UnaryOperator.identity(), true);
    }

    /** The input, as it is to lie in memory. */
    static NDArray input(Trial trial, NDManager manager) {
        // DJL turns it off in the thread that loads the engine only, which may be another one.
        JniUtils.setGradMode(false);
        float[] values = Data.x(trial.input());
        Shape shape = trial.input().shape();
        NDArray array =
                trial.input().channelsLast()
                        ? manager.create(Data.channelsLast(values, shape), Data.channelsLast(shape))
                                .transpose(0, 3, 1, 2)
                        : manager.create(values, shape);
        // Java's memory is not aligned as libtorch's is, and a layer's input comes from libtorch.
        NDArray input = array.duplicate();
        input.setRequiresGradient(trial.work().differentiates());
        return input;
    }

    private NDArray upstream(Shape output) {
        return trial.work().differentiates()
                ? manager.create(Data.dy(output), output).duplicate()
                : null;
    }

    private NDArray set(NDArray array, boolean scale) {
        array.set(Data.parameter(parameters.size(), array.getShape(), scale));
        parameters.add(array);
        return array;
    }

    @Override
    public void run() {
        if (!leavesArrays) {
            step().close();
            return;
        }
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            step();
        }
    }

    @SuppressWarnings("try") // a collector collects while it is open
    private NDArray step() {
        if (dy == null) {
            return forward.apply(x);
        }
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray y = forward.apply(x);
            // The collector's own backward() would make an array of ones first, at each call.
            JniUtils.backward((PtNDArray) y, (PtNDArray) dy, false, false);
            return y;
        }
    }

    @Override
    public List<float[]> numbers() {
        List<float[]> numbers = new ArrayList<>();
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            numbers.add(step().toFloatArray());
            if (dy != null) {
                numbers.add(x.getGradient().toFloatArray());
                parameters.forEach(array -> numbers.add(array.getGradient().toFloatArray()));
            }
        }
        return numbers;
    }

    @Override
    @SuppressWarnings("try") // a collector collects while it is open
    public String kernel() {
        if (dy == null) {
            return KernelChoice.nameFor(x, parameters.get(0), null);
        }
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            return KernelChoice.nameFor(x, parameters.get(0), null);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
