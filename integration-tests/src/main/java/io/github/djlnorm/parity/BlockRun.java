package io.github.djlnorm.parity;

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
import ai.djl.util.Pair;
import io.github.djlnorm.parity.arrays.Tensors;
import io.github.djlnorm.parity.implementations.Autograd;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Calls of a block, as DJL's training makes them. */
final class BlockRun {

    private final Block block;
    private final Map<String, Parameter> parameters;
    private final DataType type;
    private final boolean training;

    /**
     * @param block the block
     * @param parameters its parameters by their names in PyTorch
     * @param type the type of values
     * @param training whether it is called in training
     */
    BlockRun(Block block, Map<String, Parameter> parameters, DataType type, boolean training) {
        this.block = block;
        this.parameters = parameters;
        this.type = type;
        this.training = training;
    }

    /** Initializes a block, and fills what it trains with random values. */
    static void initialize(
            Block block, DataType type, List<BlockInput> inputs, NDManager manager, Random random) {
        block.initialize(
                manager, type, inputs.stream().map(BlockInput::shape).toArray(Shape[]::new));
        for (Pair<String, Parameter> pair : block.getParameters()) {
            if (pair.getValue().requiresGradient()) {
                RandomArrays.randomize(pair.getValue().getArray(), random);
            }
        }
    }

    /** Draws inputs, calls the block with them, and goes backward where gradients are wanted. */
    BlockCall call(List<BlockInput> inputs, boolean gradients, Random random, NDManager manager) {
        Map<String, double[]> sent = new HashMap<>();
        parameters.forEach(
                (name, parameter) ->
                        sent.put("state/" + name, Tensors.values(parameter.getArray())));
        for (int i = 0; i < inputs.size(); i++) {
            sent.put("x0/" + i, inputs.get(i).draw(random, type));
        }
        return new BlockCall(
                inputs,
                sent,
                gradients
                        ? backward(inputs, sent, random, manager)
                        : forward(inputs, sent, manager));
    }

    /** Runs forward while nothing is recorded, and takes outputs and state. */
    private Map<String, BlockResult> forward(
            List<BlockInput> inputs, Map<String, double[]> sent, NDManager manager) {
        Map<String, BlockResult> results = new LinkedHashMap<>();
        try (NDManager scratch = manager.newSubManager()) {
            NDList xs = inputs(inputs, sent, scratch);
            NDList ys =
                    Autograd.without(
                            () -> block.forward(new ParameterStore(scratch, false), xs, training));
            outputs(ys, results);
            state(results);
        }
        return results;
    }

    /** Runs forward and backward, and adds the gradients that it was given to what is sent. */
    private Map<String, BlockResult> backward(
            List<BlockInput> inputs, Map<String, double[]> sent, Random random, NDManager manager) {
        Map<String, BlockResult> results = new LinkedHashMap<>();
        try (NDManager scratch = manager.newSubManager()) {
            NDList xs = inputs(inputs, sent, scratch);
            xs.stream()
                    .filter(x -> x.getDataType().isFloating())
                    .forEach(x -> x.setRequiresGradient(true));
            parameters.values().forEach(parameter -> clearGradient(parameter.getArray()));
            NDList ys;
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                ys = block.forward(new ParameterStore(scratch, false), xs, training);
                collector.backward(weighted(ys, sent, random, scratch));
            }
            outputs(ys, results);
            for (int i = 0; i < xs.size(); i++) {
                if (xs.get(i).hasGradient()) {
                    String label = xs.size() == 1 ? "dx" : "dx of input " + i;
                    results.put("dx/" + i, BlockResult.of(label, xs.get(i).getGradient()));
                }
            }
            parameters.forEach(
                    (name, parameter) -> {
                        NDArray array = parameter.getArray();
                        if (array.hasGradient()) {
                            results.put(
                                    "grad/" + name,
                                    BlockResult.of(
                                            "gradient of " + parameter.getName(),
                                            array.getGradient()));
                        }
                    });
            state(results);
        }
        return results;
    }

    private NDList inputs(List<BlockInput> inputs, Map<String, double[]> sent, NDManager scratch) {
        NDList xs = new NDList();
        for (int i = 0; i < inputs.size(); i++) {
            BlockInput input = inputs.get(i);
            xs.add(Tensors.create(scratch, sent.get("x0/" + i), input.shape(), input.type(type)));
        }
        return xs;
    }

    /** The sum of all outputs, each value times the gradient that arrives at it. */
    private NDArray weighted(
            NDList ys, Map<String, double[]> sent, Random random, NDManager scratch) {
        NDArray sum = null;
        for (int i = 0; i < ys.size(); i++) {
            NDArray y = ys.get(i);
            if (y.getDataType().isFloating()) {
                double[] dy = RandomArrays.normal(Math.toIntExact(y.size()), random, type);
                sent.put("dy/" + i, dy);
                NDArray weights = Tensors.create(scratch, dy, y.getShape(), y.getDataType());
                NDArray part = y.mul(weights).sum();
                sum = sum == null ? part : sum.add(part);
            }
        }
        if (sum == null) {
            throw new IllegalArgumentException("no output has a gradient: call withoutGradients()");
        }
        return sum;
    }

    private static void outputs(NDList ys, Map<String, BlockResult> results) {
        for (int i = 0; i < ys.size(); i++) {
            String label = ys.size() == 1 ? "y" : "output " + i;
            results.put("y/" + i, BlockResult.of(label, ys.get(i)));
        }
    }

    private void state(Map<String, BlockResult> results) {
        parameters.forEach(
                (name, parameter) ->
                        results.put(
                                "state/" + name,
                                BlockResult.of(parameter.getName(), parameter.getArray())));
    }

    private static void clearGradient(NDArray array) {
        if (array.hasGradient()) {
            try (NDArray gradient = array.getGradient()) {
                gradient.subi(gradient);
            }
        }
    }
}
