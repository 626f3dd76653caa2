package io.github.djlnorm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Random;

/** Test data, and comparison with float64 values to a number of units in the last place. */
public final class Arrays64 {

    private Arrays64() {}

    /** Values that float32 holds exactly, so that input rounding is no part of any error. */
    public static double[] normal(long seed, int size, double mean, double deviation) {
        Random random = new Random(seed);
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return values;
    }

    public static NDArray array(NDManager manager, double[] values, Shape shape, DataType type) {
        NDArray doubles = manager.create(values, shape);
        if (type == DataType.FLOAT64) {
            return doubles; // a copy of the same type is none in DJL, and ends with the original
        }
        try (doubles) {
            return doubles.toType(type, true);
        }
    }

    public static NDArray array(NDManager manager, double[] values, long... shape) {
        return array(manager, values, new Shape(shape), DataType.FLOAT32);
    }

    public static double[] values(NDArray array) {
        return array.toType(DataType.FLOAT64, false).toDoubleArray();
    }

    /**
     * Asserts that no value is off by more than some units in the last place of the terms that it
     * is a sum of, in the type of the array.
     */
    public static void assertClose(
            String what, NDArray actual, double[] expected, double[] terms, double ulps) {
        double[] values = values(actual);
        assertThat(values).as(what + ": size").hasSameSizeAs(expected);
        for (int i = 0; i < values.length; i++) {
            double error = Math.abs(values[i] - expected[i]);
            assertThat(error / ulp(Math.abs(terms[i]), actual.getDataType()))
                    .as(
                            "%s[%d]: expected %s, got %s, error in ULP",
                            what, i, expected[i], values[i])
                    .isLessThanOrEqualTo(ulps);
        }
    }

    public static void assertClose(String what, NDArray actual, double[] expected, double ulps) {
        assertClose(what, actual, expected, expected, ulps);
    }

    private static double ulp(double magnitude, DataType type) {
        return switch (type) {
            case FLOAT64 -> Math.ulp(magnitude);
            case FLOAT16 -> Math.max(Math.ulp((float) magnitude) * 0x1p13, 0x1p-24);
            default -> Math.ulp((float) magnitude);
        };
    }
}
