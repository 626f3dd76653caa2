package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.torch.TorchFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The function behind all layers: checks the input, brings it to the layout (N, C, *), and picks
 * the arithmetic. Layers only choose which elements share statistics.
 *
 * <p>Half-precision input is normalized with single-precision statistics and parameters. Of all
 * arrays made on the way only the result outlives a call.
 */
final class Normalization {

    private Normalization() {}

    /** Each group of channels of each instance, by its own statistics. */
    static NDArray byGroup(NDArray input, int axis, int numGroups, Affine affine, float epsilon) {
        Shape shape = input.getShape();
        Require.rankAtLeast(2, shape, "(N, C, *)");
        checkChannels(input, axis, affine, epsilon);
        Require.groupsDivide(numGroups, channels(shape, axis));
        Require.severalValues(shape, shape.size() / numGroups);
        return run(
                input,
                axis,
                (kernel, x) -> kernel.normalize(x, numGroups, affine.bothOrNoneFor(x), epsilon));
    }

    /** Each channel of each instance, by its own statistics. */
    static NDArray byChannel(NDArray input, int axis, Affine affine, float epsilon) {
        checkSpatial(input, axis, affine, epsilon);
        int channels = Math.toIntExact(channels(input.getShape(), axis));
        return run(
                input,
                axis,
                (kernel, x) -> kernel.normalize(x, channels, affine.bothOrNoneFor(x), epsilon));
    }

    /** As {@link #byChannel}, and moves the running statistics towards those of the batch. */
    static NDArray byChannel(
            NDArray input, int axis, Affine affine, float epsilon, RunningStatistics running) {
        checkSpatial(input, axis, affine, epsilon);
        Shape shape = input.getShape();
        return run(
                input,
                axis,
                (kernel, x) -> {
                    NDList all = kernel.normalizeChannels(x, affine.bothOrNoneFor(x), epsilon);
                    if (shape.size() > 0) {
                        running.update(all.get(1), all.get(2), valuesPerChannel(shape, axis));
                    }
                    return all.get(0);
                });
    }

    /** Each channel, by the running statistics. */
    static NDArray byRunningStatistics(
            NDArray input, int axis, Affine affine, float epsilon, RunningStatistics running) {
        Require.rankAtLeast(3, input.getShape(), "(N, C, *) with one or more spatial axes");
        return byConstants(input, axis, affine, epsilon, running.mean(), running.variance());
    }

    /** Each channel, by a mean and variance of shape (C) that do not depend on the input. */
    static NDArray byConstants(
            NDArray input, int axis, Affine affine, float epsilon, NDArray mean, NDArray variance) {
        Require.rankAtLeast(2, input.getShape(), "(N, C, *)");
        checkChannels(input, axis, affine, epsilon);
        return run(
                input,
                axis,
                (kernel, x) -> kernel.normalizeWith(x, mean, variance, affine.bothFor(x), epsilon));
    }

    /** Runs work on arrays, of which all but its result are closed afterwards. */
    static NDArray keepingOnlyResult(Supplier<NDArray> work) {
        NDArray result;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            result = work.get();
            NDScope.unregister(result);
        }
        NDScope.register(result);
        return result;
    }

    private static void checkSpatial(NDArray input, int axis, Affine affine, float epsilon) {
        Shape shape = input.getShape();
        Require.rankAtLeast(3, shape, "(N, C, *) with one or more spatial axes");
        checkChannels(input, axis, affine, epsilon);
        Require.severalValues(shape, valuesPerChannel(shape, axis));
    }

    private static void checkChannels(NDArray input, int axis, Affine affine, float epsilon) {
        Require.epsilon(epsilon);
        Require.floatingPoint(input.getDataType());
        affine.check(input, Require.axis(axis, input.getShape()));
    }

    private static long channels(Shape shape, int axis) {
        return shape.get(Require.axis(axis, shape));
    }

    private static long valuesPerChannel(Shape shape, int axis) {
        int channelAxis = Require.axis(axis, shape);
        return IntStream.range(1, shape.dimension())
                .filter(i -> i != channelAxis)
                .mapToLong(shape::get)
                .reduce(1, (a, b) -> a * b);
    }

    private static NDArray run(NDArray input, int axis, Arithmetic arithmetic) {
        Kernel kernel = TorchFunction.takes(input) ? TorchKernel.INSTANCE : FormulaKernel.INSTANCE;
        int channelAxis = Require.axis(axis, input.getShape());
        return keepingOnlyResult(
                () -> {
                    if (channelAxis == 1) {
                        return arithmetic.run(kernel, input);
                    }
                    int rank = input.getShape().dimension();
                    NDArray x = input.transpose(moved(channelAxis, 1, rank));
                    return arithmetic.run(kernel, x).transpose(moved(1, channelAxis, rank));
                });
    }

    /** The order of axes in which one axis has moved to another place. */
    private static int[] moved(int from, int to, int rank) {
        int[] order = new int[rank];
        for (int i = 0, next = 0; i < rank; i++) {
            if (i == to) {
                order[i] = from;
            } else {
                next += next == from ? 1 : 0;
                order[i] = next++;
            }
        }
        return order;
    }

    /** What a kernel does with an input of shape (N, C, *). */
    private interface Arithmetic {
        NDArray run(Kernel kernel, NDArray x);
    }
}
