package io.github.djlnorm.parity.implementations;

import io.github.djlnorm.parity.arrays.Sum;
import java.util.function.IntToDoubleFunction;

/** Mean and variance of some values; the mean square where they are not centered. */
final class Moments {

    // Beyond this a square overflows; any power of two divides out exactly.
    private static final int LARGE_EXPONENT = 400;

    private final IntToDoubleFunction x;
    private final double provisional;
    private final double correction;
    private final double shrink;
    private final double shrunkVariance;

    Moments(int count, IntToDoubleFunction x, boolean centers) {
        this.x = x;
        int exponent = 0;
        for (int i = 0; i < count; i++) {
            exponent = Math.max(exponent, Math.getExponent(x.applyAsDouble(i)));
        }
        boolean finite = exponent <= Double.MAX_EXPONENT;
        shrink = finite && exponent > LARGE_EXPONENT ? Math.scalb(1d, -exponent) : 1;
        provisional = centers ? Sum.of(count, x) / count : 0;
        correction = centers ? Sum.of(count, i -> x.applyAsDouble(i) - provisional) / count : 0;
        shrunkVariance = Sum.of(count, i -> square(centered(i) * shrink)) / count;
    }

    double mean() {
        return provisional + correction;
    }

    double variance() {
        return shrunkVariance / shrink / shrink;
    }

    /** x - mean, without first rounding the mean. */
    private double centered(int i) {
        return x.applyAsDouble(i) - provisional - correction;
    }

    double rstd(double epsilon) {
        return shrink / deviation(epsilon);
    }

    double normalized(int i, double epsilon) {
        return centered(i) * shrink / deviation(epsilon);
    }

    private double deviation(double epsilon) {
        return Math.sqrt(shrunkVariance + epsilon * shrink * shrink);
    }

    private static double square(double value) {
        return value * value;
    }
}
