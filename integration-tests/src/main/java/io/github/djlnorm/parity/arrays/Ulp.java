package io.github.djlnorm.parity.arrays;

import ai.djl.ndarray.types.DataType;

/** Units in the last place of the floating-point types. */
public final class Ulp {

    private static final int HALF_FRACTION_BITS = 10;
    private static final int HALF_MIN_EXPONENT = -14;
    private static final int HALF_MAX_EXPONENT = 15;
    private static final double HALF_MAX = 65504;

    private Ulp() {}

    /** The distance between neighbouring values of a type at a finite magnitude. */
    public static double of(DataType type, double magnitude) {
        return switch (type) {
            case FLOAT64 -> Math.ulp(magnitude);
            case FLOAT32 -> Math.ulp((float) Math.min(Math.abs(magnitude), Float.MAX_VALUE));
            case FLOAT16 -> {
                int exponent = Math.max(Math.getExponent(magnitude), HALF_MIN_EXPONENT);
                yield Math.scalb(1d, Math.min(exponent, HALF_MAX_EXPONENT) - HALF_FRACTION_BITS);
            }
            default -> throw new IllegalArgumentException("no floating-point type: " + type);
        };
    }

    /** The largest finite value of a type. */
    static double max(DataType type) {
        return switch (type) {
            case FLOAT64 -> Double.MAX_VALUE;
            case FLOAT32 -> Float.MAX_VALUE;
            case FLOAT16 -> HALF_MAX;
            default -> throw new IllegalArgumentException("no floating-point type: " + type);
        };
    }

    /** The nearest value of a type, ties to even, infinite where it is out of range. */
    public static double round(DataType type, double value) {
        return switch (type) {
            case FLOAT64 -> value;
            case FLOAT32 -> (float) value;
            default -> {
                double unit = of(type, value);
                double rounded = Math.rint(value / unit) * unit;
                yield Math.abs(rounded) > max(type)
                        ? Math.copySign(Double.POSITIVE_INFINITY, value)
                        : rounded;
            }
        };
    }
}
