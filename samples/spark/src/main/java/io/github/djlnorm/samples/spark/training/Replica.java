package io.github.djlnorm.samples.spark.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import io.github.djlnorm.samples.nets.GraphNumbers;
import io.github.djlnorm.weights.StateDict;
import io.github.djlnorm.weights.WeightLoader;
import io.github.djlnorm.weights.format.WeightFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A net as it is in one of the processes that train it. One task uses it at a time, since DJL
 * collects gradients once at a time in a process.
 */
public final class Replica {

    private static final int COLORS = 3;
    private static final Map<NetDescription, Replica> OF_THIS_PROCESS = new HashMap<>();

    private final NDManager manager = NDManager.newBaseManager();
    private final Block block;
    private final int imageSize;

    private Replica(NetDescription description) {
        block = description.create();
        imageSize = description.imageSize();
        block.initialize(manager, DataType.FLOAT32, shape(1));
    }

    /** Does something with this process's replica, which waits for those who do so already. */
    public static synchronized <T> T use(NetDescription description, Function<Replica, T> work) {
        return work.apply(OF_THIS_PROCESS.computeIfAbsent(description, Replica::new));
    }

    /** Takes over the parameters of a net, as {@link #parameters(Block)} gave them. */
    public Replica load(byte[] parameters) {
        load(parameters, block);
        return this;
    }

    /** All parameters of a net, as safetensors, which is what a step broadcasts. */
    public static byte[] parameters(Block block) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (StateDict dict = StateDict.of(block)) {
            dict.write(WeightFormat.SAFETENSORS, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** The other way round. */
    public static void load(byte[] parameters, Block block) {
        try (StateDict dict = StateDict.read(ByteBuffer.wrap(parameters))) {
            WeightLoader.builder().build().load(dict, block);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Computes what images of a batch add to the batch's gradient.
     *
     * @param share the images
     * @param batch the number of images in the whole batch
     * @return the gradients of the mean loss over the batch as far as these images make it; behind
     *     them what is kept (running statistics), and the loss, both weighted by the images' share
     */
    public double[] gradients(Images share, int batch) {
        for (Parameter parameter : trained(block)) {
            clearGradient(parameter.getArray());
        }
        float weight = (float) share.size() / batch;
        double loss;
        try (NDManager scratch = manager.newSubManager()) {
            NDArray images = scratch.create(share.pixels(), shape(share.size()));
            NDArray labels = scratch.create(share.labels());
            try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
                NDList scores =
                        block.forward(new ParameterStore(scratch, false), new NDList(images), true);
                NDArray mean = Loss.softmaxCrossEntropyLoss().evaluate(new NDList(labels), scores);
                NDArray part = GraphNumbers.times(mean, weight);
                collector.backward(part);
                loss = part.getFloat();
            }
        }
        return vector(loss, weight);
    }

    /** Gradients add up until somebody clears them. */
    private static void clearGradient(NDArray parameter) {
        parameter.setRequiresGradient(true);
        try (NDArray old = parameter.getGradient()) {
            old.subi(old);
        }
    }

    private double[] vector(double loss, float weight) {
        double[] vector = new double[length(block)];
        int i = 0;
        for (Parameter parameter : trained(block)) {
            try (NDArray gradient = parameter.getArray().getGradient()) {
                for (float value : gradient.toFloatArray()) {
                    vector[i++] = value;
                }
            }
        }
        for (Parameter parameter : kept(block)) {
            for (float value : parameter.getArray().toFloatArray()) {
                vector[i++] = (double) weight * value;
            }
        }
        vector[i] = loss;
        return vector;
    }

    /** The length of what {@link #gradients} returns for a net. */
    public static int length(Block block) {
        return 1
                + block.getParameters().values().stream()
                        .mapToInt(parameter -> (int) parameter.getArray().size())
                        .sum();
    }

    /** The parameters that follow the gradients. */
    public static List<Parameter> trained(Block block) {
        return block.getParameters().values().stream().filter(Parameter::requiresGradient).toList();
    }

    /** The others. */
    public static List<Parameter> kept(Block block) {
        return block.getParameters().values().stream()
                .filter(parameter -> !parameter.requiresGradient())
                .toList();
    }

    private Shape shape(int images) {
        return new Shape(images, COLORS, imageSize, imageSize);
    }
}
