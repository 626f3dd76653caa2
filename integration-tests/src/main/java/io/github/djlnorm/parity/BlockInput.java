package io.github.djlnorm.parity;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.python.ModuleInput;
import java.util.Random;

/**
 * One input of a block, filled with random numbers.
 *
 * @param shape its shape
 * @param bound for integers from 0, the number below which they stay; 0 for normally distributed
 *     values of the comparison's type
 */
public record BlockInput(Shape shape, long bound) {

    /**
     * An input of normally distributed values.
     *
     * @param shape its shape, such as (N, C, H, W)
     * @return the input
     */
    public static BlockInput values(Shape shape) {
        return new BlockInput(shape, 0);
    }

    /**
     * An input of integers (INT64), such as labels.
     *
     * @param shape its shape, such as (N)
     * @param bound the number below which they stay, at least 1
     * @return the input
     * @throws IllegalArgumentException if the bound is below 1
     */
    public static BlockInput integers(Shape shape, long bound) {
        if (bound < 1) {
            throw new IllegalArgumentException(
                    "integers stay below a bound: expected 1 or more, got " + bound);
        }
        return new BlockInput(shape, bound);
    }

    boolean isInteger() {
        return bound > 0;
    }

    DataType type(DataType values) {
        return isInteger() ? DataType.INT64 : values;
    }

    ModuleInput ofModule(DataType values) {
        return new ModuleInput(shape, type(values));
    }

    double[] draw(Random random, DataType values) {
        int count = Math.toIntExact(shape.size());
        return isInteger()
                ? random.doubles(count).map(value -> Math.floor(value * bound)).toArray()
                : RandomArrays.normal(count, random, values);
    }
}
