package io.github.djlnorm.samples;

import java.util.Collection;
import java.util.Locale;

/**
 * The mean of several seeds' results and how far they lie apart.
 *
 * @param mean their mean
 * @param deviation their standard deviation, that of a sample; 0 for a single one
 */
record Spread(double mean, double deviation) {

    static Spread of(Collection<Double> values) {
        double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
        double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
        return new Spread(mean, Math.sqrt(squares / Math.max(1, values.size() - 1)));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3f +- %.3f", mean, deviation);
    }
}
