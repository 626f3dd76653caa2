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
record Result(Row row, List<Measurement> ours, List<Measurement> other) {

    Result {
        if (ours.isEmpty() || ours.size() != other.size()) {
            throw new IllegalArgumentException(
                    "both contestants take part in every round: " + ours + ", " + other);
        }
    }

    /** The ratio in the middle. */
    double median() {
        return median(Arrays.stream(ratios()));
    }

    double lowest() {
        return Arrays.stream(ratios()).min().orElseThrow();
    }

    double highest() {
        return Arrays.stream(ratios()).max().orElseThrow();
    }

    /** In the unit of the work. */
    double ourMedian() {
        return inUnit(ours);
    }

    /** In the unit of the work. */
    double otherMedian() {
        return inUnit(other);
    }

    private double inUnit(List<Measurement> measured) {
        return row.comparison()
                .work()
                .inUnit(median(measured.stream().mapToDouble(Measurement::value)));
    }

    /** The fewest calls that one of the two had made before it was timed. */
    long callsBefore() {
        return IntStream.range(0, ours.size())
                .mapToLong(i -> Math.min(ours.get(i).callsBefore(), other.get(i).callsBefore()))
                .min()
                .orElseThrow();
    }

    /** The kernel of ours that was at work, as in CpuKernel. */
    String kernel() {
        return ours.get(0).kernel();
    }

    /** Whether what was aimed at was reached, as "-" where nothing was aimed at. */
    String verdict() {
        return row.target().map(target -> target.isMetBy(this) ? "met" : "missed").orElse("-");
    }

    private double[] ratios() {
        return IntStream.range(0, ours.size())
                .mapToDouble(i -> ours.get(i).value() / other.get(i).value())
                .toArray();
    }

    /** The one in the middle, or the mean of both. */
    private static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
