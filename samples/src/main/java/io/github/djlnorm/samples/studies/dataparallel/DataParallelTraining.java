package io.github.djlnorm.samples.studies.dataparallel;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import io.github.djlnorm.NormKind;
import io.github.djlnorm.parallel.Shards;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.classification.Optimization;
import io.github.djlnorm.samples.data.MemoryImages;
import io.github.djlnorm.samples.nets.GraphNumbers;
import io.github.djlnorm.samples.optimizers.OptimizerState;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * Training as data-parallel devices do it: each gets a part of the batch, normalizes that by
 * itself, and adds its gradients of the mean loss over the whole batch to those of the others. With
 * sync-batch all parts run at once, and normalize by the statistics of the whole batch.
 *
 * @param optimization how the parameters follow the summed gradients
 * @param batchSize the number of images in the whole batch
 * @param steps the number of training steps
 * @param seed what initial parameters and the choice of images follow from
 */
record DataParallelTraining(Optimization optimization, int batchSize, int steps, int seed) {

    /**
     * What a training did; gradients and parameters are those of all layers in a row.
     *
     * @param losses the mean loss over the whole batch at each step
     * @param gradient the gradient at the first step, where all trainings have the same parameters
     * @param start the initial parameters
     * @param end the parameters after the last step
     */
    record TrainingTrace(
            List<Double> losses, FloatBuffer gradient, FloatBuffer start, FloatBuffer end) {}

    /**
     * Trains a classifier.
     *
     * @param parts the number of devices, a divisor of the batch size
     */
    TrainingTrace run(Classifier classifier, MemoryImages.Split images, int parts) {
        Engine engine = Engine.getInstance();
        engine.setRandomSeed(seed);
        try (OptimizerState state = new OptimizerState();
                Trainer trainer = classifier.model().newTrainer(config(engine, state))) {
            trainer.initialize(classifier.card().preprocessing().batchShape(1));
            boolean atOnce = classifier.card().norm().kind() == NormKind.SYNC_BATCH;
            return run(trainer, images, parts, atOnce);
        }
    }

    private DefaultTrainingConfig config(Engine engine, OptimizerState state) {
        return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optDevices(new Device[] {engine.defaultDevice()})
                .optOptimizer(optimization.newOptimizer(state, steps));
    }

    private TrainingTrace run(
            Trainer trainer, MemoryImages.Split images, int parts, boolean atOnce) {
        Random random = new Random(seed);
        FloatBuffer start = values(trainer, Parameter::getArray);
        FloatBuffer gradient = null;
        List<Double> losses = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            try (NDManager manager = trainer.getManager().newSubManager()) {
                NDList batch = batch(images, random, manager);
                NDList split = batch.get(0).split(parts);
                NDList labels = batch.get(1).split(parts);
                losses.add(
                        atOnce
                                ? gradientsAtOnce(trainer, split, labels)
                                : sumGradients(trainer, split, labels));
            }
            if (step == 0) {
                gradient = values(trainer, parameter -> parameter.getArray().getGradient());
            }
            trainer.step();
        }
        return new TrainingTrace(losses, gradient, start, values(trainer, Parameter::getArray));
    }

    private NDList batch(MemoryImages.Split images, Random random, NDManager manager) {
        long[] chosen =
                random.longs(0, images.labels().size()).distinct().limit(batchSize).toArray();
        NDIndex index = new NDIndex("{}", manager.create(chosen));
        return new NDList(images.images().get(manager, index), images.labels().get(manager, index));
    }

    private static double gradientsAtOnce(Trainer trainer, NDList images, NDList labels) {
        try (GradientCollector collector = trainer.newGradientCollector()) {
            List<NDList> scores = Shards.forward(shards(images), trainer::forward);
            NDArray loss = Shards.loss(shards(labels), scores, trainer.getLoss());
            collector.backward(loss);
            return loss.getFloat();
        }
    }

    private static List<NDList> shards(NDList arrays) {
        return arrays.stream().map(NDList::new).toList();
    }

    private static double sumGradients(Trainer trainer, NDList images, NDList labels) {
        double sum = 0;
        try (GradientCollector collector = trainer.newGradientCollector()) {
            for (int i = 0; i < images.size(); i++) {
                NDArray share = lossShare(trainer, images.get(i), labels.get(i), images.size());
                collector.backward(share);
                sum += share.getFloat();
            }
        }
        return sum;
    }

    /** What one of several parts adds to the mean loss over the whole batch. */
    static NDArray lossShare(Trainer trainer, NDArray images, NDArray labels, int parts) {
        NDList scores = trainer.forward(new NDList(images));
        NDArray mean = trainer.getLoss().evaluate(new NDList(labels), scores);
        return GraphNumbers.times(mean, 1f / parts);
    }

    private static FloatBuffer values(Trainer trainer, Function<Parameter, NDArray> array) {
        List<float[]> values =
                trainer.getModel().getBlock().getParameters().values().stream()
                        .filter(Parameter::requiresGradient)
                        .map(parameter -> array.apply(parameter).toFloatArray())
                        .toList();
        FloatBuffer all = FloatBuffer.allocate(values.stream().mapToInt(v -> v.length).sum());
        values.forEach(all::put);
        return all;
    }
}
