package io.github.djlnorm.parallel;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.training.loss.Loss;
import io.github.djlnorm.Arrays64;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Some steps of training of a net with three norms, the batch whole or in shards. */
final class Training {

    static final int BATCH = 24;
    static final int CLASSES = 10;
    private static final Shape IMAGE = new Shape(3, 10, 10);
    private static final double RATE = 0.1;

    private final NDManager manager;
    private final DataType type;
    private final Block net;

    Training(NDManager manager, DataType type, Block net) {
        this.manager = manager;
        this.type = type;
        this.net = net;
    }

    /** A net with the same values whatever its norm is, for they are drawn by a seed. */
    static Block net(NDManager manager, DataType type, Supplier<Block> norm) {
        Block net =
                new SequentialBlock()
                        .add(convolution(8, 1))
                        .add(norm.get())
                        .add(Activation.reluBlock())
                        .add(
                                new ParallelBlock(
                                        branches ->
                                                new NDList(
                                                        Activation.relu(
                                                                branches.get(0)
                                                                        .head()
                                                                        .add(
                                                                                branches.get(1)
                                                                                        .head()))),
                                        List.of(
                                                new SequentialBlock()
                                                        .add(convolution(8, 1))
                                                        .add(norm.get()),
                                                Blocks.identityBlock())))
                        .add(convolution(16, 2))
                        .add(norm.get())
                        .add(Activation.reluBlock())
                        .add(Pool.globalAvgPool2dBlock())
                        .add(Linear.builder().setUnits(CLASSES).build());
        net.setInitializer(new NormalInitializer(0.2f), Parameter.Type.WEIGHT);
        Engine.getInstance().setRandomSeed(3);
        net.initialize(manager, type, new Shape(BATCH).addAll(IMAGE));
        return net;
    }

    private static Conv2d convolution(int filters, int stride) {
        return Conv2d.builder()
                .setKernelShape(new Shape(3, 3))
                .setFilters(filters)
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(1, 1))
                .optBias(false)
                .build();
    }

    /** Images of different brightness and contrast, so that shards differ in their statistics. */
    static double[] images(int step) {
        Random random = new Random(step);
        double[] images = new double[(int) (BATCH * IMAGE.size())];
        for (int i = 0; i < images.length; i++) {
            int image = (int) (i / IMAGE.size());
            images[i] = (float) (random.nextGaussian() * (1 + image % 5) + image * 0.3);
        }
        return images;
    }

    static float[] labels(int step) {
        Random random = new Random(1000 + step);
        float[] labels = new float[BATCH];
        for (int i = 0; i < BATCH; i++) {
            labels[i] = random.nextInt(CLASSES);
        }
        return labels;
    }

    /** Trains with the whole batch in one forward pass in this thread. */
    Map<String, double[]> whole(int steps) {
        return run(steps, new int[] {BATCH}, inputs -> List.of(forward(inputs.get(0))));
    }

    /** Trains with the batch in shards. */
    Map<String, double[]> sharded(int steps, int... sizes) {
        return run(steps, sizes, inputs -> Shards.forward(inputs, this::forward));
    }

    NDList forward(NDList input) {
        return net.forward(new ParameterStore(manager, false), input, true);
    }

    /** Runs the net on each input. */
    interface Forward {
        List<NDList> of(List<NDList> inputs);
    }

    /** Returns what the first step gave, and what the parameters are after the last. */
    Map<String, double[]> run(int steps, int[] sizes, Forward forward) {
        Map<String, double[]> result = new LinkedHashMap<>();
        for (int step = 0; step < steps; step++) {
            try (NDManager scratch = manager.newSubManager()) {
                step(scratch, step, sizes, forward).forEach(result::putIfAbsent);
            }
        }
        result.put("trained", join(arrays(Parameter::requiresGradient)));
        result.put("running", join(arrays(parameter -> !parameter.requiresGradient())));
        return result;
    }

    private Map<String, double[]> step(NDManager scratch, int step, int[] sizes, Forward forward) {
        List<NDArray> inputs = split(scratch, images(step), sizes);
        List<NDList> labels = labels(scratch, step, sizes);
        List<NDArray> trained = arrays(Parameter::requiresGradient);
        trained.forEach(Training::clearGradient);
        List<NDList> outputs;
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            outputs = forward.of(inputs.stream().map(NDList::new).toList());
            collector.backward(Shards.loss(labels, outputs, Loss.softmaxCrossEntropyLoss()));
        }
        Map<String, double[]> result =
                Map.of(
                        "output", join(outputs.stream().map(NDList::head).toList()),
                        "dx", join(inputs.stream().map(NDArray::getGradient).toList()),
                        "dp", join(trained.stream().map(NDArray::getGradient).toList()));
        trained.forEach(Training::descend);
        return result;
    }

    private static List<NDList> labels(NDManager scratch, int step, int[] sizes) {
        List<NDList> shards = new ArrayList<>();
        int from = 0;
        for (int size : sizes) {
            float[] some = Arrays.copyOfRange(labels(step), from, from + size);
            shards.add(new NDList(scratch.create(some)));
            from += size;
        }
        return shards;
    }

    private List<NDArray> split(NDManager scratch, double[] images, int[] sizes) {
        List<NDArray> shards = new ArrayList<>();
        int from = 0;
        for (int size : sizes) {
            int to = from + (int) (size * IMAGE.size());
            double[] some = Arrays.copyOfRange(images, from, to);
            NDArray shard =
                    Arrays64.array(scratch, some, new Shape(size).addAll(IMAGE), type).duplicate();
            shard.setRequiresGradient(true);
            shards.add(shard);
            from = to;
        }
        return shards;
    }

    private List<NDArray> arrays(Predicate<Parameter> chosen) {
        return net.getParameters().values().stream()
                .filter(chosen)
                .map(Parameter::getArray)
                .toList();
    }

    private static void clearGradient(NDArray array) {
        array.setRequiresGradient(true);
        try (NDArray gradient = array.getGradient()) {
            gradient.subi(gradient.duplicate());
        }
    }

    private static void descend(NDArray array) {
        try (NDArray gradient = array.getGradient();
                NDArray change = gradient.mul(RATE)) {
            array.setRequiresGradient(false);
            array.subi(change);
        }
    }

    private static double[] join(List<NDArray> arrays) {
        return arrays.stream()
                .flatMapToDouble(array -> Arrays.stream(Arrays64.values(array)))
                .toArray();
    }
}
