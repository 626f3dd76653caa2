package io.github.djlnorm.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Tensors;
import io.github.djlnorm.parity.report.ConsoleTable;
import io.github.djlnorm.parity.verdict.Deviation;
import io.github.djlnorm.parity.verdict.Judge;
import java.util.Arrays;

/** An array of a block's, taken out of the engine. */
final class BlockResult {

    private final String label;
    private final double[] values;
    private final Shape shape;
    private final DataType type;

    private BlockResult(String label, double[] values, Shape shape, DataType type) {
        this.label = label;
        this.values = values;
        this.shape = shape;
        this.type = type;
    }

    static BlockResult of(String label, NDArray array) {
        return new BlockResult(label, Tensors.values(array), array.getShape(), array.getDataType());
    }

    String label() {
        return label;
    }

    Shape shape() {
        return shape;
    }

    /**
     * What is wrong with it, or null.
     *
     * @param single what PyTorch gives in the block's type
     * @param exact what it gives in double precision
     * @param byInstance whether each instance has a magnitude of its own
     * @param slack what the error may exceed PyTorch's by, in ULP
     */
    String complaint(double[] single, double[] exact, boolean byInstance, double slack) {
        if (!type.isFloating()) {
            return Arrays.equals(values, exact) ? null : label + " has other integers";
        }
        double[] scales = scales(exact, byInstance ? shape : null);
        Deviation our = Deviation.of(values, exact, scales, type);
        Deviation their = Deviation.of(single, exact, scales, type);
        if (their.ulp() > Judge.CAP) {
            return "%s is no measure: PyTorch's own error is %s ULP, more than %s; the module draws random numbers, or loses digits"
                    .formatted(
                            label,
                            ConsoleTable.figure(their.ulp()),
                            ConsoleTable.figure(Judge.CAP));
        }
        double allowed = their.ulp() + slack;
        if (our.ulp() <= allowed) {
            return null;
        }
        return "%s at %s is %s, exactly %s: %s ULP off (%.3g), PyTorch's own error %s ULP, allowed %s"
                .formatted(
                        label,
                        Tensors.position(our.index(), shape),
                        (float) our.value(),
                        our.exact(),
                        ConsoleTable.figure(our.ulp()),
                        Math.abs(our.value() - our.exact()),
                        ConsoleTable.figure(their.ulp()),
                        ConsoleTable.figure(allowed));
    }

    /** The largest magnitude in each instance, or in all if the shape has no instances. */
    private static double[] scales(double[] exact, Shape shape) {
        // A vector's elements would each be measured by themselves, and those near zero fail.
        int blocks = shape == null || shape.dimension() < 2 ? 1 : (int) shape.get(0);
        int size = blocks == 0 ? 0 : exact.length / blocks;
        double[] scales = new double[exact.length];
        for (int start = 0; start < exact.length; start += size) {
            double largest =
                    Arrays.stream(exact, start, start + size)
                            .map(Math::abs)
                            .filter(Double::isFinite)
                            .max()
                            .orElse(1);
            Arrays.fill(scales, start, start + size, largest == 0 ? 1 : largest);
        }
        return scales;
    }
}
