package io.github.djlnorm.internal.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The function behind all layers: checks the input, brings it to the layout (N, C, *), and has a
 * kernel do the arithmetic. Layers only choose which elements share statistics.
 *
 * <p>Half-precision input is normalized with single-precision statistics and parameters. Of all
 * arrays made on the way only the result outlives a call.
 */
public final class Normalization {

    private Normalization() {}

    /**
     * Each group of channels of each instance, by its own statistics; where there is a mask, by
     * those of the valid positions.
     */
    public static NDArray byGroup(
            NDArray input,
            NDArray mask,
            int axis,
            int numGroups,
            double epsilon,
            Epilogue epilogue) {
        Shape shape = input.getShape();
        ArrayRules.rankAtLeast(2, shape, "(N, C, *)");
        checkChannels(input, axis, epsilon, epilogue);
        ArrayRules.groupsDivide(numGroups, channels(shape, axis));
        ArrayRules.severalValues(shape, shape.size() / numGroups);
        return byOwnStatistics(input, mask, axis, numGroups, epsilon, epilogue);
    }

    /** As {@link #byGroup}, with one group per channel. */
    public static NDArray byChannel(
            NDArray input, NDArray mask, int axis, double epsilon, Epilogue epilogue) {
        checkSpatial(input, axis, epsilon, epilogue);
        int channels = Math.toIntExact(channels(input.getShape(), axis));
        return byOwnStatistics(input, mask, axis, channels, epsilon, epilogue);
    }

    private static NDArray byOwnStatistics(
            NDArray input,
            NDArray mask,
            int axis,
            int numGroups,
            double epsilon,
            Epilogue epilogue) {
        if (mask == null) {
            return run(input, axis, epilogue, new Groups(numGroups, epsilon, epilogue));
        }
        ArrayRules.mask(mask.getShape(), input.getShape(), ArrayRules.axis(axis, input.getShape()));
        return run(
                input,
                axis,
                epilogue,
                (kernel, x) -> kernel.normalizeValid(x, mask, numGroups, epsilon, epilogue));
    }

    /**
     * As {@link #byChannel}, and moves the running statistics towards those of the batch, unless it
     * is empty.
     */
    public static NDArray byChannel(
            NDArray input, int axis, double epsilon, Epilogue epilogue, RunningStatistics running) {
        checkSpatial(input, axis, epsilon, epilogue);
        long valuesPerChannel = valuesPerChannel(input.getShape(), axis);
        return run(
                input,
                axis,
                epilogue,
                (kernel, x) ->
                        keepingOnlyResult(
                                () -> {
                                    NDList all = kernel.normalizeChannels(x, epsilon, epilogue);
                                    running.moveTowards(all.get(1), all.get(2), valuesPerChannel);
                                    return all.get(0);
                                }));
    }

    /** Each channel, by a mean and variance of shape (C) that do not depend on the input. */
    public static NDArray byConstants(
            NDArray input,
            int axis,
            double epsilon,
            Epilogue epilogue,
            NDArray mean,
            NDArray variance) {
        ArrayRules.rankAtLeast(2, input.getShape(), "(N, C, *)");
        checkChannels(input, axis, epsilon, epilogue);
        int channelAxis = ArrayRules.axis(axis, input.getShape());
        ArrayRules.parameter("the mean", mean, input, channelAxis);
        ArrayRules.parameter("the variance", variance, input, channelAxis);
        return run(
                input,
                axis,
                epilogue,
                (kernel, x) -> kernel.normalizeByConstants(x, mean, variance, epsilon, epilogue));
    }

    /**
     * Each channel, by its statistics over all instances and positions of a batch.
     *
     * @param whole makes the statistics of the whole batch of those of this input, which may be a
     *     part of it
     */
    public static NDArray byBatch(
            NDArray input,
            int axis,
            double epsilon,
            Epilogue epilogue,
            UnaryOperator<BatchStatistics> whole) {
        ArrayRules.rankAtLeast(2, input.getShape(), "(N, C, *)");
        checkChannels(input, axis, epsilon, epilogue);
        int channelAxis = ArrayRules.axis(axis, input.getShape());
        return keepingOnlyResult(
                () -> {
                    NDArray x = move(input, channelAxis, 1);
                    Kernel kernel = KernelChoice.ofRecorded(x, epilogue);
                    BatchStatistics all = whole.apply(BatchStatistics.of(x, kernel)).received();
                    NDArray y =
                            x.size() == 0
                                    ? withoutElements(kernel, x, epilogue)
                                    : kernel.normalizeByConstants(
                                            x, all.mean(), all.variance(), epsilon, epilogue);
                    return move(y, 1, channelAxis);
                });
    }

    /** Each position of each instance, by the statistics of its channels. */
    public static NDArray byPosition(NDArray input, int axis, double epsilon, Epilogue epilogue) {
        ArrayRules.rankAtLeast(2, input.getShape(), "(N, C, *)");
        checkChannels(input, axis, epsilon, epilogue);
        int channelAxis = ArrayRules.axis(axis, input.getShape());
        int last = input.getShape().dimension() - 1;
        if (input.size() == 0) {
            return run(input, axis, epilogue, (kernel, x) -> x);
        }
        return keepingOnlyResult(
                () -> {
                    NDArray x = move(input, channelAxis, last);
                    Shape shape = x.getShape();
                    NDArray positions = x.reshape(rows(shape));
                    NDArray y =
                            KernelChoice.of(positions, epilogue)
                                    .normalizeRows(positions, epsilon, epilogue);
                    return move(y.reshape(shape), last, channelAxis);
                });
    }

    /** Each position of each instance, by the root of the mean square of its channels. */
    public static NDArray byRootMeanSquare(NDArray input, int axis, double epsilon, NDArray gamma) {
        ArrayRules.rankAtLeast(2, input.getShape(), "(N, *, C)");
        Epilogue epilogue = Epilogue.of(gamma, null);
        checkChannels(input, axis, epsilon, epilogue);
        Shape shape = input.getShape();
        int last = shape.dimension() - 1;
        if (last > 1 && ArrayRules.axis(axis, shape) == last && input.size() > 0) {
            return keepingOnlyResult(
                    () -> {
                        NDArray positions = input.reshape(rows(shape));
                        return byRootMeanSquare(positions, 1, epsilon, gamma).reshape(shape);
                    });
        }
        return run(
                input,
                axis,
                epilogue,
                (kernel, x) -> kernel.normalizeByRootMeanSquare(x, gamma, epsilon));
    }

    /** Groups of consecutive channels of a checked input (N, C, *), without a mask. */
    static NDArray ofGroups(NDArray x, int numGroups, double epsilon, Epilogue epilogue) {
        return run(x, 1, epilogue, new Groups(numGroups, epsilon, epilogue));
    }

    /** Runs work on arrays, of which all but its result are closed afterwards. */
    public static NDArray keepingOnlyResult(Supplier<NDArray> work) {
        NDArray result;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            result = work.get();
            NDScope.unregister(result);
        }
        NDScope.register(result);
        return result;
    }

    static void checkSpatial(NDArray input, int axis, double epsilon, Epilogue epilogue) {
        Shape shape = input.getShape();
        ArrayRules.rankAtLeast(3, shape, "(N, C, *) with one or more spatial axes");
        checkChannels(input, axis, epsilon, epilogue);
        ArrayRules.severalValues(shape, valuesPerChannel(shape, axis));
    }

    private static void checkChannels(NDArray input, int axis, double epsilon, Epilogue epilogue) {
        ArrayRules.epsilon(epsilon);
        ArrayRules.dense("the input", input);
        ArrayRules.floatingPoint(input.getDataType());
        int channelAxis = ArrayRules.axis(axis, input.getShape());
        ArrayRules.parameter("gamma", epilogue.gamma(), input, channelAxis);
        ArrayRules.parameter("beta", epilogue.beta(), input, channelAxis);
    }

    /** (N, *, C) as (positions, C). */
    private static Shape rows(Shape shape) {
        int last = shape.dimension() - 1;
        return new Shape(shape.slice(0, last).size(), shape.get(last));
    }

    private static long channels(Shape shape, int axis) {
        return shape.get(ArrayRules.axis(axis, shape));
    }

    private static long valuesPerChannel(Shape shape, int axis) {
        int channelAxis = ArrayRules.axis(axis, shape);
        long values = 1; // no stream: a process's first one takes as long as loading the kernel
        for (int i = 1; i < shape.dimension(); i++) {
            values *= i == channelAxis ? 1 : shape.get(i);
        }
        return values;
    }

    private static NDArray run(NDArray input, int axis, Epilogue epilogue, Arithmetic arithmetic) {
        int channelAxis = ArrayRules.axis(axis, input.getShape());
        Kernel kernel = KernelChoice.of(input, epilogue);
        boolean makesResultOnly = channelAxis == 1 && kernel != FormulaKernel.INSTANCE;
        if (makesResultOnly && input.size() > 0) {
            return arithmetic.run(kernel, input); // a scope takes as long as a small input
        }
        return keepingOnlyResult(
                () -> {
                    NDArray x = move(input, channelAxis, 1);
                    NDArray y =
                            x.size() == 0
                                    ? withoutElements(kernel, x, epilogue)
                                    : arithmetic.run(kernel, x);
                    return move(y, 1, channelAxis);
                });
    }

    /**
     * By constants, which no empty sum is divided for, so that gamma and beta get gradients of 0.
     */
    private static NDArray withoutElements(Kernel kernel, NDArray x, Epilogue epilogue) {
        Shape perChannel = new Shape(x.getShape().get(1));
        NDArray mean = x.getManager().zeros(perChannel);
        NDArray variance = x.getManager().ones(perChannel);
        return kernel.normalizeByConstants(x, mean, variance, 0, epilogue);
    }

    static NDArray move(NDArray array, int fromAxis, int toAxis) {
        return fromAxis == toAxis
                ? array
                : array.transpose(moved(fromAxis, toAxis, array.getShape().dimension()));
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

    /** No lambda, which would cost the first call of a process some milliseconds. */
    private record Groups(int numGroups, double epsilon, Epilogue epilogue) implements Arithmetic {
        @Override
        public NDArray run(Kernel kernel, NDArray x) {
            return kernel.normalizeGroups(x, numGroups, epsilon, epilogue);
        }
    }
}
