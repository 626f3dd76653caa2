package io.github.djlnorm.samples.studies.dataparallel;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.studies.dataparallel.DataParallelTraining.TrainingTrace;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * How far a training with a split batch is from that with the whole one.
 *
 * @param norm the normalization
 * @param parts the number of parts
 * @param seed the seed of both trainings
 * @param gradient the Euclidean distance of the first step's gradients, as a share of the length of
 *     the whole batch's
 * @param parameters the distance of the final parameters, as a share of the way that those of
 *     training with the whole batch went
 * @param losses the mean loss over the batch at each step
 */
record DataParallelResult(
        Norm norm, int parts, int seed, double gradient, double parameters, List<Double> losses) {

    private static final int LAST_STEPS = 10;

    static DataParallelResult of(
            Norm norm, int parts, int seed, TrainingTrace split, TrainingTrace whole) {
        FloatBuffer zero = FloatBuffer.allocate(whole.gradient().capacity());
        return new DataParallelResult(
                norm,
                parts,
                seed,
                distance(split.gradient(), whole.gradient()) / distance(whole.gradient(), zero),
                distance(split.end(), whole.end()) / distance(whole.end(), whole.start()),
                split.losses());
    }

    /** The mean loss over the last steps. */
    double lastLoss() {
        return losses.stream()
                .skip(Math.max(0, losses.size() - LAST_STEPS))
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
    }

    /** The Euclidean distance. */
    static double distance(FloatBuffer first, FloatBuffer second) {
        double sum = 0;
        for (int i = 0; i < first.capacity(); i++) {
            double difference = (double) first.get(i) - second.get(i);
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }
}
