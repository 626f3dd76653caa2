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
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Work on DJL's PyTorch engine, as a user's code does it. */
final class DjlCall implements Call {

    /** Makes a function of the input from gamma and beta. */
    @FunctionalInterface
    interface Formula {
        UnaryOperator<NDArray> of(NDArray gamma, NDArray beta);
    }

    private final Trial trial;
    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private final List<NDArray> trained = new ArrayList<>();
    private final List<NDArray> running = new ArrayList<>();
    private final NDArray x;
    private final NDArray dy;
    private final UnaryOperator<NDArray> forward;
    private final boolean leavesArrays;

    private DjlCall(Trial trial, Formula formula) {
        this.trial = trial;
        x = input();
        dy = upstream(trial.shape());
        Shape perChannel = new Shape(trial.channels());
        leavesArrays = true;
        forward = formula.of(trained(perChannel, true), trained(perChannel, false));
    }

    private DjlCall(Trial trial, Block block, boolean training) {
        this.trial = trial;
        x = input();
        block.initialize(manager, DataType.FLOAT32, trial.shape());
        dy = upstream(block.getOutputShapes(new Shape[] {trial.shape()})[0]);
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            NDArray array = parameter.getValue().getArray();
            if (parameter.getValue().requiresGradient()) {
                set(array, parameter.getValue().getType() == Parameter.Type.GAMMA);
                trained.add(array);
            } else {
                running.add(array);
            }
        }
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
        return new DjlCall(trial, block, trial.work().differentiates());
    }

    /** A block in training, whether there are gradients or not. */
    static Call ofTrainingBlock(Trial trial, Block block) {
        return new DjlCall(trial, block, true);
    }

    private NDArray input() {
        // DJL turns it off in the thread that loads the engine only, which may be another one.
        JniUtils.setGradMode(false);
        // Java's memory is not aligned as libtorch's is, and a layer's input comes from libtorch.
        NDArray input = manager.create(Data.x(trial), trial.shape()).duplicate();
        input.setRequiresGradient(trial.work().differentiates());
        return input;
    }

    private NDArray upstream(Shape output) {
        return trial.work().differentiates()
                ? manager.create(Data.dy(output), output).duplicate()
                : null;
    }

    private NDArray trained(Shape shape, boolean scale) {
        NDArray array = manager.create(shape);
        set(array, scale);
        array.setRequiresGradient(true);
        trained.add(array);
        return array;
    }

    private void set(NDArray array, boolean scale) {
        array.set(Data.parameter(trained.size(), array.getShape(), scale));
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
                trained.forEach(array -> numbers.add(array.getGradient().toFloatArray()));
            }
        }
        running.forEach(array -> numbers.add(array.toFloatArray()));
        return numbers;
    }

    @Override
    public void close() {
        manager.close();
    }
}
