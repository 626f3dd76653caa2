package io.github.djlnorm.parity.cases;

import ai.djl.ndarray.types.DataType;
import io.github.djlnorm.parity.arrays.Ulp;
import java.util.Random;

/** What the values of an input are like. */
public enum Distribution {
    /** Mean 0, standard deviation 1. */
    NORMAL,
    /** A mean of 8 deviations. */
    MEAN_8,
    /** A mean of 50 deviations. */
    MEAN_50,
    /** A mean of 200 deviations. */
    MEAN_200,
    /** A small spread around a large mean, which cancels in naive formulas. */
    LARGE_MEAN,
    /** A variance below the usual epsilon. */
    TINY_SPREAD,
    /** One value throughout each instance, so that every variance is zero. */
    CONSTANT,
    /** Values whose squares leave the range of the type. */
    LARGE_MAGNITUDE,
    /** As NORMAL, with one NaN in the first instance. */
    NAN_INSTANCE;

    private static final double TINY = 0x1p-12;

    /** Whether the mean is far from zero. */
    boolean hasMean() {
        return this == MEAN_8 || hasLargeMean();
    }

    /** Whether a mean of many deviations costs libtorch's statistics more digits than we allow. */
    boolean hasLargeMean() {
        return this == MEAN_50 || this == MEAN_200 || this == LARGE_MEAN;
    }

    /** Fills an array of (n, c, positions) with values that the type can represent. */
    double[] sample(Random random, DataType type, int instances, int channels, int positions) {
        double[] values = new double[instances * channels * positions];
        double constant = 1 + random.nextDouble();
        for (int i = 0; i < values.length; i++) {
            double normal = random.nextGaussian();
            int instance = i / (channels * positions);
            values[i] =
                    Ulp.round(
                            type,
                            switch (this) {
                                case NORMAL, NAN_INSTANCE -> normal;
                                case MEAN_8 -> 8 + normal;
                                case MEAN_50 -> 50 + normal;
                                case MEAN_200 -> 200 + normal;
                                case LARGE_MEAN -> largeMean(type) + normal;
                                case TINY_SPREAD -> normal * TINY;
                                case CONSTANT -> constant + instance;
                                case LARGE_MAGNITUDE -> normal * largeMagnitude(type);
                            });
        }
        if (this == NAN_INSTANCE && values.length > 0) {
            values[positions / 2] = Double.NaN;
        }
        return values;
    }

    private static double largeMean(DataType type) {
        return switch (type) {
            case FLOAT16 -> 256;
            case FLOAT64 -> 1e8;
            default -> 1e4;
        };
    }

    // Powers of two, so that a case differs from its NORMAL twin in no digit.
    private static double largeMagnitude(DataType type) {
        return switch (type) {
            case FLOAT16 -> 0x1p12;
            case FLOAT64 -> 0x1p520;
            default -> 0x1p66;
        };
    }
}
