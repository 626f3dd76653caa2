package io.github.djlnorm.parity.arrays;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Plain values to arrays of any type and place in memory, and back. */
public final class Tensors {

    // Whoever reads past a slice computes with this.
    private static final double OUTSIDE = 1000;

    private Tensors() {}

    public static NDArray create(NDManager manager, double[] values, Shape shape, DataType type) {
        return manager.create(values, shape).toType(type, false);
    }

    /** An array of the values, given in the order (N, C, *), laid out as the layout says. */
    public static NDArray create(
            NDManager manager, double[] values, Shape shape, DataType type, Layout layout) {
        int rank = shape.dimension();
        return switch (layout) {
            case CONTIGUOUS -> create(manager, values, shape, type);
            case CHANNELS_LAST ->
                    inOrder(manager, values, shape, type, channelsLast(rank))
                            .transpose(inverse(channelsLast(rank)));
            case TRANSPOSED ->
                    inOrder(manager, values, shape, type, lastTwoExchanged(rank))
                            .transpose(inverse(lastTwoExchanged(rank)));
            case SLICE -> slice(manager, values, shape, type);
            case LAST_AXIS, THIRD_AXIS ->
                    inOrder(manager, values, shape, type, order(layout, rank));
            case UNBATCHED -> create(manager, values, shape.slice(1), type);
        };
    }

    /** The shape that a layer sees. */
    public static Shape seen(Shape shape, Layout layout) {
        return switch (layout) {
            case LAST_AXIS, THIRD_AXIS -> permuted(shape, order(layout, shape.dimension()));
            case UNBATCHED -> shape.slice(1);
            default -> shape;
        };
    }

    /** An array's values, whatever its type and place in memory. */
    public static double[] values(NDArray array) {
        return array.toType(DataType.FLOAT64, false).toDoubleArray();
    }

    /** The values of what a layer gave for a layout, in the order (N, C, *). */
    public static double[] values(NDArray array, Shape shape, Layout layout) {
        double[] values = values(array);
        if (layout != Layout.LAST_AXIS && layout != Layout.THIRD_AXIS) {
            return values;
        }
        int[] order = order(layout, shape.dimension());
        return permute(values, permuted(shape, order), inverse(order));
    }

    /** The place of an element in an array of the shape. */
    public static String position(int index, Shape shape) {
        long[] place = new long[shape.dimension()];
        long rest = index;
        for (int axis = place.length - 1; axis >= 0 && index >= 0; axis--) {
            place[axis] = rest % shape.get(axis);
            rest /= shape.get(axis);
        }
        return index < 0 ? "nowhere" : Arrays.toString(place);
    }

    private static NDArray inOrder(
            NDManager manager, double[] values, Shape shape, DataType type, int[] order) {
        return create(manager, permute(values, shape, order), permuted(shape, order), type);
    }

    private static NDArray slice(NDManager manager, double[] values, Shape shape, DataType type) {
        int row = Math.toIntExact(shape.get(shape.dimension() - 1));
        double[] wide = new double[values.length / row * (row + 2)];
        Arrays.fill(wide, OUTSIDE);
        for (int i = 0; i < values.length; i++) {
            wide[i / row * (row + 2) + i % row + 1] = values[i];
        }
        long[] dimensions = shape.getShape().clone();
        dimensions[dimensions.length - 1] += 2;
        return create(manager, wide, new Shape(dimensions), type)
                .get(new NDIndex("..., 1:" + (row + 1)));
    }

    private static int[] order(Layout layout, int rank) {
        return layout == Layout.LAST_AXIS ? channelsLast(rank) : channelsThird(rank);
    }

    private static int[] channelsThird(int rank) {
        return IntStream.range(0, rank).map(i -> i == 1 ? 2 : i == 2 ? 1 : i).toArray();
    }

    private static int[] channelsLast(int rank) {
        return IntStream.range(0, rank).map(i -> i == 0 ? 0 : i == rank - 1 ? 1 : i + 1).toArray();
    }

    private static int[] lastTwoExchanged(int rank) {
        return IntStream.range(0, rank)
                .map(i -> i == rank - 1 ? rank - 2 : i == rank - 2 ? rank - 1 : i)
                .toArray();
    }

    private static int[] inverse(int[] order) {
        int[] inverse = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            inverse[order[i]] = i;
        }
        return inverse;
    }

    private static Shape permuted(Shape shape, int[] order) {
        return new Shape(Arrays.stream(order).mapToLong(shape::get).toArray());
    }

    private static double[] permute(double[] values, Shape shape, int[] order) {
        int rank = order.length;
        long[] strides = new long[rank];
        for (int i = rank - 1, stride = 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= Math.toIntExact(shape.get(i));
        }
        Shape target = permuted(shape, order);
        double[] permuted = new double[values.length];
        for (int i = 0; i < permuted.length; i++) {
            long source = 0;
            long rest = i;
            for (int axis = rank - 1; axis >= 0; axis--) {
                source += rest % target.get(axis) * strides[order[axis]];
                rest /= target.get(axis);
            }
            permuted[i] = values[Math.toIntExact(source)];
        }
        return permuted;
    }
}
