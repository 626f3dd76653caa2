package io.github.djlnorm.samples.spark.training;

import ai.djl.TrainingDivergedException;
import ai.djl.engine.Engine;
import ai.djl.nn.Block;
import io.github.djlnorm.samples.classification.Classifier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * How a classifier is trained.
 *
 * @param batchSize the number of images in a step, over all partitions
 * @param steps the number of steps in all
 * @param partitions the number of parts that the images are spread over
 * @param learningRate the step size of gradient descent with a momentum of 0.9
 * @param seed what initial parameters and the images' order follow from
 */
public record TrainingPlan(int batchSize, int steps, int partitions, float learningRate, int seed) {

    /** Is told about every step. */
    public interface Listener {

        /**
         * Hears of a step.
         *
         * @param losses those of all steps so far
         * @param checkpoint makes what the training can go on from
         */
        void stepped(List<Double> losses, Supplier<Checkpoint> checkpoint) throws IOException;
    }

    /** All that the steps follow from, beside how many there are. */
    public String description(Classifier classifier) {
        return String.format(
                Locale.ROOT,
                "%s, batches of %d, learning rate %s, seed %d, %d partitions",
                NetDescription.of(classifier.card()),
                batchSize,
                learningRate,
                seed,
                partitions);
    }

    /** The checkpoint before the first step, with new parameters. */
    public Checkpoint start(Classifier classifier) {
        Engine.getInstance().setRandomSeed(seed);
        classifier.initialize();
        Block block = classifier.model().getBlock();
        return new Checkpoint(
                description(classifier),
                List.of(),
                Replica.parameters(block),
                new float[Replica.length(block)]);
    }

    /**
     * Trains a classifier.
     *
     * @param start where to go on
     * @return the mean loss of each step
     * @throws TrainingDivergedException if the loss is no number any more
     */
    public List<Double> run(
            JavaSparkContext spark,
            Classifier classifier,
            Images images,
            Checkpoint start,
            Listener listener)
            throws IOException {
        Block block = classifier.model().getBlock();
        classifier.initialize();
        Replica.load(start.parameters(), block);
        MomentumDescent descent = new MomentumDescent(start.velocity(), learningRate);
        List<Double> losses = new ArrayList<>(start.losses());
        Batches batches = new Batches(images.size(), batchSize, seed);
        NetDescription description = NetDescription.of(classifier.card());
        try (DistributedTraining training =
                new DistributedTraining(spark, block, description, images, batchSize, partitions)) {
            while (losses.size() < steps) {
                double[] sum = training.gradients(batches.of(losses.size()));
                double loss = sum[sum.length - 1];
                if (!Double.isFinite(loss)) {
                    throw new TrainingDivergedException("The loss is " + loss);
                }
                descent.step(block, sum);
                losses.add(loss);
                listener.stepped(
                        losses,
                        () ->
                                new Checkpoint(
                                        start.description(),
                                        losses,
                                        Replica.parameters(block),
                                        descent.velocity()));
            }
        }
        return losses;
    }
}
