package io.github.djlnorm.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.github.djlnorm.parity.arrays.Tensors;
import io.github.djlnorm.parity.arrays.Ulp;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;

/** Random values that a type holds exactly. */
final class RandomArrays {

    private RandomArrays() {}

    /** Fills a parameter: near 1 if it has a value per channel, else small. */
    static void randomize(NDArray array, Random random) {
        DoubleSupplier values =
                () ->
                        array.getShape().dimension() == 1
                                ? 0.5 + random.nextDouble()
                                : 0.2 * random.nextGaussian();
        try (NDArray given =
                Tensors.create(
                        array.getManager(),
                        draw(Math.toIntExact(array.size()), values, array.getDataType()),
                        array.getShape(),
                        array.getDataType())) {
            given.copyTo(array);
        }
    }

    static double[] normal(int count, Random random, DataType type) {
        return draw(count, random::nextGaussian, type);
    }

    private static double[] draw(int count, DoubleSupplier values, DataType type) {
        return DoubleStream.generate(() -> Ulp.round(type, values.getAsDouble()))
                .limit(count)
                .toArray();
    }
}
