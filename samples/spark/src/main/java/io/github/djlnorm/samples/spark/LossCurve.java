package io.github.djlnorm.samples.spark;

import io.github.djlnorm.Norm;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The loss of each step of a training.
 *
 * @param norm the norm in its net
 * @param partitions the number of partitions
 * @param losses the mean loss over each batch
 */
record LossCurve(Norm norm, int partitions, List<Double> losses) {

    double farthestFrom(LossCurve other) {
        return IntStream.range(0, losses.size())
                .mapToDouble(i -> Math.abs(losses.get(i) - other.losses.get(i)))
                .max()
                .orElse(0);
    }
}
