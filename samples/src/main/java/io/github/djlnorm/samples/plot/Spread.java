package io.github.djlnorm.samples.plot;

import java.util.Collection;
import java.util.stream.DoubleStream;

/** A mean and the standard deviation of single values around it, 0 for a single value. */
public record Spread(double mean, double deviation, int count) {

    public static Spread of(Collection<Double> values) {
        double mean = stream(values).average().orElseThrow();
        double squares = stream(values).map(v -> (v - mean) * (v - mean)).sum();
        int count = values.size();
        return new Spread(mean, count < 2 ? 0 : Math.sqrt(squares / (count - 1)), count);
    }

    private static DoubleStream stream(Collection<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue);
    }
}
