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

    private BlockResult(String label, double[] values, Shape shape) {
        this.label = label;
        this.values = values;
        this.shape = shape;
    }

    static BlockResult of(String label, NDArray array) {
        return new BlockResult(label, Tensors.values(array), array.getShape());
    }

    /** What is wrong with it, or null. */
    String complaint(String name, double[] single, double[] exact) {
        if (exact == null) {
            // A module has no gradient for what it does not train, and such a block has none
            // either.
            return name.startsWith("grad/") ? label + " has no counterpart in PyTorch" : null;
        }
        if (exact.length != values.length) {
            return "%s has shape %s and %d values; PyTorch's has %d"
                    .formatted(label, shape, values.length, exact.length);
        }
        double[] scales = scales(exact, name.equals("y") || name.equals("dx") ? shape : null);
        Deviation our = Deviation.of(values, exact, scales, DataType.FLOAT32);
        Deviation their = Deviation.of(single, exact, scales, DataType.FLOAT32);
        double allowed = their.ulp() + Judge.SLACK;
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
        int blocks = shape == null || shape.dimension() == 0 ? 1 : (int) shape.get(0);
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
