package io.github.djlnorm.parity.verdict;

import ai.djl.ndarray.types.DataType;
import io.github.djlnorm.parity.arrays.Ulp;

/**
 * How far an array is from the exact one, at its worst element.
 *
 * @param absolute the absolute error; infinite where one of the two is not a finite number and the
 *     other is something else
 * @param ulp the error in ULP of the element's scale
 * @param index the element's index in the order (N, C, *); -1 in an empty array
 * @param value the value
 * @param exact the exact value
 */
public record Deviation(double absolute, double ulp, int index, double value, double exact) {

    public static Deviation of(double[] values, double[] exact, double[] scales, DataType type) {
        if (values.length != exact.length) {
            throw new IllegalArgumentException(
                    "expected " + exact.length + " values, got " + values.length);
        }
        Deviation worst = new Deviation(0, 0, -1, Double.NaN, Double.NaN);
        double largest = 0;
        for (int i = 0; i < values.length; i++) {
            double absolute = distance(values[i], exact[i], type);
            double ulp = absolute == 0 ? 0 : absolute / Ulp.of(type, scales[i]);
            largest = Math.max(largest, absolute);
            if (ulp > worst.ulp || worst.index < 0) {
                worst = new Deviation(absolute, ulp, i, values[i], exact[i]);
            }
        }
        return new Deviation(largest, worst.ulp, worst.index, worst.value, worst.exact);
    }

    private static double distance(double value, double exact, DataType type) {
        if (Double.isNaN(exact) || Double.isNaN(value)) {
            return Double.isNaN(exact) && Double.isNaN(value) ? 0 : Double.POSITIVE_INFINITY;
        }
        double rounded = Ulp.round(type, exact);
        if (Double.isInfinite(rounded)) {
            return value == rounded ? 0 : Double.POSITIVE_INFINITY;
        }
        return Math.abs(value - exact);
    }
}
