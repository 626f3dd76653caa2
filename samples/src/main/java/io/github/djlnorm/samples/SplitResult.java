package io.github.djlnorm.samples;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.SplitTraining.Course;
import java.nio.FloatBuffer;

/**
 * How far a training with a split batch is from that with the whole one.
 *
 * @param norm the normalization
 * @param parts the number of parts
 * @param seed the seed of both trainings
 * @param gradient the distance of the first step's gradients, as a share of the whole batch's norm
 * @param parameters the distance of the final parameters, as a share of the way that training with
 *     the whole batch went
 * @param loss the mean loss over the last steps
 * @param lossOfWhole the same of training with the whole batch
 */
record SplitResult(
        Norm norm,
        int parts,
        int seed,
        double gradient,
        double parameters,
        double loss,
        double lossOfWhole) {

    private static final int LAST_STEPS = 10;

    static SplitResult of(Norm norm, int parts, int seed, Course split, Course whole) {
        return new SplitResult(
                norm,
                parts,
                seed,
                distance(split.gradient(), whole.gradient())
                        / distance(
                                whole.gradient(),
                                FloatBuffer.allocate(whole.gradient().capacity())),
                distance(split.end(), whole.end()) / distance(whole.end(), whole.start()),
                lastLoss(split),
                lastLoss(whole));
    }

    private static double lastLoss(Course course) {
        int steps = course.losses().size();
        return course.losses().subList(Math.max(0, steps - LAST_STEPS), steps).stream()
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
