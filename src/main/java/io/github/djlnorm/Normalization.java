package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
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

    private static final Affine NO_AFFINE = Affine.of(null, null);

    private Normalization() {}

    /**
     * Each group of channels of each instance, by its own statistics; where there is a mask, by
     * those of the valid positions.
     */
    static NDArray byGroup(NDArray input, NDArray mask, int axis, int numGroups, Step step) {
        Shape shape = input.getShape();
        Require.rankAtLeast(2, shape, "(N, C, *)");
        checkChannels(input, axis, step.affine(), step.epsilon());
        checkGroups(shape, channels(shape, axis), numGroups);
        return byOwnStatistics(input, mask, axis, numGroups, step);
    }

    private static void checkGroups(Shape shape, long channels, int numGroups) {
        Require.groupsDivide(numGroups, channels);
        Require.severalValues(shape, shape.size() / numGroups);
    }

    /** Each group of channels of each instance of a convolution's output, of the given shape. */
    static NDArray byGroup(
            NDArray input, Convolved convolved, Shape output, int numGroups, Step step) {
        Require.epsilon(step.epsilon());
        Require.floatingPoint(input.getDataType());
        checkGroups(output, output.get(1), numGroups);
        return keepingOnlyResult(
                () ->
                        TorchKernel.INSTANCE.normalize(
                                input,
                                convolved,
                                output,
                                numGroups,
                                step.bothOrNoneFor(input, output)));
    }

    /** As {@link #byGroup}, with one group per channel. */
    static NDArray byChannel(NDArray input, NDArray mask, int axis, Step step) {
        checkSpatial(input, axis, step.affine(), step.epsilon());
        int channels = Math.toIntExact(channels(input.getShape(), axis));
        return byOwnStatistics(input, mask, axis, channels, step);
    }

    private static NDArray byOwnStatistics(
            NDArray input, NDArray mask, int axis, int numGroups, Step step) {
        if (mask == null) {
            return run(
                    input,
                    axis,
                    (kernel, x) -> kernel.normalize(x, numGroups, step.bothOrNoneFor(x)));
        }
        Require.mask(mask.getShape(), input.getShape(), Require.axis(axis, input.getShape()));
        return run(
                input,
                axis,
                (kernel, x) ->
                        FusedActivation.apply(
                                step.activation(),
                                kernel.normalizeValid(
                                        x,
                                        mask,
                                        numGroups,
                                        step.affine().bothFor(x),
                                        step.epsilon())));
    }

    /** As {@link #byChannel}, and moves the running statistics towards those of the batch. */
    static NDArray byChannel(NDArray input, int axis, Step step, RunningStatistics running) {
        checkSpatial(input, axis, step.affine(), step.epsilon());
        return run(
                input,
                axis,
                (kernel, x) -> kernel.normalizeChannels(x, step.bothOrNoneFor(x), running));
    }

    /** Each channel, by the running statistics. */
    static NDArray byRunningStatistics(
            NDArray input, int axis, Step step, RunningStatistics running) {
        Require.rankAtLeast(3, input.getShape(), "(N, C, *) with one or more spatial axes");
        NDArray mean = running.mean();
        NDArray variance = running.variance();
        return keepingOnlyResult(
                () ->
                        FusedActivation.apply(
                                step.activation(),
                                byConstants(
                                        input,
                                        axis,
                                        step.affine(),
                                        step.epsilon(),
                                        mean,
                                        variance)));
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

    /** Each position of each instance, by the statistics of its channels. */
    static NDArray byPosition(NDArray input, int axis, Step step) {
        Require.rankAtLeast(2, input.getShape(), "(N, C, *)");
        checkChannels(input, axis, step.affine(), step.epsilon());
        return run(
                input,
                axis,
                (kernel, x) -> {
                    int last = x.getShape().dimension() - 1;
                    NDArray channelsLast = move(x, 1, last);
                    Shape shape = channelsLast.getShape();
                    Shape rows = new Shape(shape.slice(0, last).size(), shape.get(last));
                    NDArray positions = channelsLast.reshape(rows);
                    NDArray y = kernel.normalizeRows(positions, step.bothOrNoneFor(positions));
                    return move(y.reshape(shape), last, 1);
                });
    }

    /** Each position of each instance, by the root of the mean square of its channels. */
    static NDArray byRootMeanSquare(NDArray input, int axis, Affine affine, float epsilon) {
        Require.rankAtLeast(2, input.getShape(), "(N, *, C)");
        checkChannels(input, axis, affine, epsilon);
        NDArray gamma = affine.used() ? affine.gamma() : null;
        return run(input, axis, (kernel, x) -> kernel.normalizeByRootMeanSquare(x, gamma, epsilon));
    }

    /**
     * Each channel of each instance, by its own statistics, and scaled and shifted by the row of
     * its label in gamma and beta of shape (classes, C).
     */
    static NDArray byChannelOfClass(
            NDArray input, NDArray labels, int axis, NDArray gamma, NDArray beta, float epsilon) {
        checkSpatial(input, axis, NO_AFFINE, epsilon);
        int channelAxis = Require.axis(axis, input.getShape());
        Require.parameterOfClasses("gamma", gamma, input, channelAxis);
        Require.parameterOfClasses("beta", beta, input, channelAxis);
        Require.labels(labels, input);
        return keepingOnlyResult(
                () -> {
                    Require.labelsBelow(gamma.getShape().get(0), labels);
                    NDArray row = labels.toType(DataType.INT64, false).expandDims(1);
                    NDArray rows = row.broadcast(labels.size(), gamma.getShape().get(1));
                    Affine perInstance = Affine.of(gamma.gather(rows, 0), beta.gather(rows, 0));
                    return byChannelOfInstance(input, axis, perInstance, epsilon);
                });
    }

    /** Each channel of each instance, brought to the mean and deviation of a style's channel. */
    static NDArray byStyle(NDArray content, NDArray style, int axis, float epsilon) {
        checkSpatial(content, axis, NO_AFFINE, epsilon);
        int channelAxis = Require.axis(axis, content.getShape());
        long channels = content.getShape().get(channelAxis);
        Require.style(style, content, channels, axis);
        int styleAxis = Require.axis(axis, style.getShape());
        return keepingOnlyResult(
                () -> {
                    NDList moments =
                            kernel(style).meanAndDeviation(move(style, styleAxis, 1), epsilon);
                    Shape perInstance = new Shape(content.getShape().get(0), channels);
                    NDArray mean = moments.get(0).broadcast(perInstance);
                    NDArray deviation = moments.get(1).broadcast(perInstance);
                    return byChannelOfInstance(content, axis, Affine.of(deviation, mean), epsilon);
                });
    }

    /** Each channel of each instance, with a scale and a shift of its own, of shape (N, C). */
    private static NDArray byChannelOfInstance(
            NDArray input, int axis, Affine affine, float epsilon) {
        return run(
                input,
                axis,
                (kernel, x) -> {
                    Shape shape = x.getShape();
                    int all = Math.toIntExact(shape.get(0) * shape.get(1));
                    if (all == 0) {
                        int channels = Math.toIntExact(shape.get(1));
                        return kernel.normalize(
                                x, channels, Step.of(NO_AFFINE.bothFor(x), epsilon));
                    }
                    Affine flat =
                            Affine.of(
                                    affine.gamma().reshape(new Shape(all)),
                                    affine.beta().reshape(new Shape(all)));
                    NDArray oneInstance = x.reshape(new Shape(1, all).addAll(shape.slice(2)));
                    return kernel.normalize(oneInstance, all, Step.of(flat, epsilon))
                            .reshape(shape);
                });
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
        int channelAxis = Require.axis(axis, input.getShape());
        return keepingOnlyResult(
                () -> {
                    NDArray y = arithmetic.run(kernel(input), move(input, channelAxis, 1));
                    return move(y, 1, channelAxis);
                });
    }

    private static Kernel kernel(NDArray input) {
        return TorchFunction.takes(input) ? TorchKernel.INSTANCE : FormulaKernel.INSTANCE;
    }

    private static NDArray move(NDArray array, int fromAxis, int toAxis) {
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
}
