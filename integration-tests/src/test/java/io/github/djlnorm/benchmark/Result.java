package io.github.djlnorm.benchmark;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What was measured for a row.
 *
 * @param row the row
 * @param ours one measurement for each round
 * @param other the other contestant's in the same rounds
 */
record Result(Row row, List<Double> ours, List<Double> other) {

    Result {
        if (ours.isEmpty() || ours.size() != other.size()) {
            throw new IllegalArgumentException(
                    "both contestants take part in every round: " + ours + ", " + other);
        }
    }

    /** The ratio in the middle, of both if there are two. */
    double median() {
        return median(Arrays.stream(ratios()));
    }

    double lowest() {
        return Arrays.stream(ratios()).min().orElseThrow();
    }

    double highest() {
        return Arrays.stream(ratios()).max().orElseThrow();
    }

    double ourMedian() {
        return median(ours.stream().mapToDouble(Double::doubleValue));
    }

    double otherMedian() {
        return median(other.stream().mapToDouble(Double::doubleValue));
    }

    /** Whether the median is what was aimed at, as "-" where nothing was. */
    String verdict() {
        if (row.target().isEmpty()) {
            return "-";
        }
        return median() <= row.target().getAsDouble() ? "met" : "missed";
    }

    private double[] ratios() {
        return IntStream.range(0, ours.size())
                .mapToDouble(i -> ours.get(i) / other.get(i))
                .toArray();
    }

    private static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
