package io.github.djlnorm.internal.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.internal.Refusal;

/** What normalization demands of arrays, and of the numbers that go with them. */
public final class ArrayRules {

    private ArrayRules() {}

    public static void positiveGroups(int numGroups) {
        if (numGroups < 1) {
            throw Refusal.of(
                    "the number of groups must be positive",
                    "1 or more",
                    numGroups,
                    "call setNumGroups with a divisor of the channel count, such as 32");
        }
    }

    public static void groupsDivide(int numGroups, long channels) {
        positiveGroups(numGroups);
        if (channels % numGroups != 0) {
            throw Refusal.of(
                    "the number of groups must divide the number of channels",
                    "a divisor of " + channels,
                    numGroups,
                    "use " + nearestDivisors(numGroups, channels));
        }
    }

    private static String nearestDivisors(int numGroups, long channels) {
        long below = Math.min(numGroups, channels);
        while (channels % below != 0) {
            below--;
        }
        if (numGroups > channels) {
            return Long.toString(below);
        }
        long above = numGroups;
        while (channels % above != 0) {
            above++;
        }
        return below + " or " + above;
    }

    public static void epsilon(double epsilon) {
        if (!Double.isFinite(epsilon) || epsilon < 0) {
            throw Refusal.of(
                    "epsilon must be finite and not negative",
                    "0 or more",
                    epsilon,
                    "use a small value such as 1e-5f");
        }
    }

    public static void notBatchAxis(int axis) {
        if (axis == 0) {
            throw Refusal.of(
                    "the channel axis must not be the batch axis",
                    "an axis other than 0",
                    axis,
                    "use optAxis(1) for (N, C, ...) or optAxis(-1) for (N, ..., C)");
        }
    }

    /** Returns the channel axis counted from the front. */
    public static int axis(int axis, Shape shape) {
        notBatchAxis(axis);
        int rank = shape.dimension();
        int fromFront = axis < 0 ? axis + rank : axis;
        if (fromFront < 1 || fromFront >= rank) {
            throw Refusal.of(
                    "the channel axis must be an axis of the input after the batch axis",
                    "an axis between 1 and " + (rank - 1),
                    "axis " + axis + " for an input of shape " + shape,
                    "use optAxis(1) for (N, C, ...) or optAxis(-1) for (N, ..., C)");
        }
        return fromFront;
    }

    public static void rankAtLeast(int minimum, Shape shape, String layout) {
        if (shape.dimension() < minimum) {
            throw Refusal.of(
                    "the input must have rank " + minimum + " or more",
                    layout,
                    "rank " + shape.dimension() + " in shape " + shape,
                    "add the missing axes with expandDims or reshape");
        }
    }

    static void mask(Shape mask, Shape input, int channelAxis) {
        Shape expected = input.slice(0, channelAxis).addAll(input.slice(channelAxis + 1));
        if (!mask.equals(expected)) {
            throw Refusal.of(
                    "the mask must have the shape of the input without its channel axis",
                    expected,
                    mask + " for an input of shape " + input,
                    "reshape or broadcast the mask, or set optAxis if the channels are on another"
                            + " axis");
        }
    }

    static void labels(NDArray labels, NDArray input) {
        Shape expected = new Shape(input.getShape().get(0));
        if (!labels.getShape().equals(expected)) {
            throw Refusal.of(
                    "there must be one label for each instance",
                    expected,
                    labels.getShape() + " for an input of shape " + input.getShape(),
                    "give labels of shape (N)");
        }
        DataType type = labels.getDataType();
        if (!type.isInteger() && type != DataType.FLOAT32) {
            throw Refusal.of(
                    "labels must be of an integer type or float32",
                    "int32, int64 or float32",
                    type,
                    "convert them with toType(DataType.INT64, false)");
        }
    }

    /** Checks the values of labels, but not on a GPU, where a call would have to wait for them. */
    static void labelsBelow(long numClasses, NDArray labels) {
        if (labels.getDevice().isGpu()) {
            return;
        }
        for (double label : labels.toType(DataType.FLOAT64, false).toDoubleArray()) {
            if (label != Math.rint(label) || label < 0 || label >= numClasses) {
                throw Refusal.of(
                        "a label must be the number of a class",
                        "a whole number from 0 to " + (numClasses - 1),
                        label,
                        "check the labels, or call setNumClasses with more");
            }
        }
    }

    static void style(NDArray style, NDArray content, long channels, int axis) {
        Shape shape = style.getShape();
        rankAtLeast(3, shape, "a style of shape (N, C, *) with one or more spatial axes");
        long instances = content.getShape().get(0);
        int channelAxis = axis(axis, shape);
        if (shape.get(channelAxis) != channels) {
            throw Refusal.of(
                    "the style must have the channels of the content",
                    channels + " channels",
                    shape.get(channelAxis) + " on axis " + channelAxis + " of shape " + shape,
                    "take both from the same layer of an encoder");
        }
        if (shape.get(0) != 1 && shape.get(0) != instances) {
            throw Refusal.of(
                    "there must be one style for each instance, or one for all",
                    instances == 1 ? "1 instance" : instances + " instances or 1",
                    shape.get(0) + " in shape " + shape,
                    "give one style, or as many as the content has instances");
        }
        if (shape.slice(1).size() == 0) {
            throw Refusal.of(
                    "the style must have values",
                    "1 or more spatial positions",
                    "shape " + shape,
                    "give a style with a width of 1 or more");
        }
        if (style.getDataType() != content.getDataType()) {
            throw Refusal.of(
                    "the style must be of the type of the content",
                    content.getDataType(),
                    style.getDataType(),
                    "convert one of them with toType");
        }
    }

    public static void floatingPoint(DataType type) {
        if (type != DataType.FLOAT32 && type != DataType.FLOAT16 && type != DataType.FLOAT64) {
            throw Refusal.of(
                    "the input must be floating-point",
                    "float16, float32 or float64",
                    type,
                    "convert it with toType(DataType.FLOAT32, false)");
        }
    }

    static void dense(String name, NDArray array) {
        if (array.isSparse()) {
            throw Refusal.of(
                    name + " must be a dense array",
                    "a dense array",
                    array.getSparseFormat() + " format",
                    "convert it with toDense()");
        }
    }

    /** Accepts an absent parameter. */
    static void parameter(String name, NDArray parameter, NDArray input, int channelAxis) {
        if (parameter != null) {
            parameter(name, parameter, 0, input, channelAxis);
        }
    }

    /** As {@link #parameter}, for one of shape (classes, C). */
    static void parameterOfClasses(String name, NDArray parameter, NDArray input, int channelAxis) {
        parameter(name, parameter, 1, input, channelAxis);
    }

    private static void parameter(
            String name, NDArray parameter, int leadingAxes, NDArray input, int channelAxis) {
        dense(name, parameter);
        Shape shape = parameter.getShape();
        long channels = input.getShape().get(channelAxis);
        if (shape.dimension() != leadingAxes + 1) {
            throw Refusal.of(
                    name + " must have an axis of channels" + (leadingAxes == 0 ? " only" : ""),
                    leadingAxes == 0 ? "shape (C)" : "shape (classes, C)",
                    "shape " + shape,
                    "reshape it");
        }
        if (shape.getLastDimension() != channels) {
            throw Refusal.of(
                    name + " must have one value for each channel of the input",
                    shape.getLastDimension() + " channels on axis " + channelAxis,
                    channels + " in an input of shape " + input.getShape(),
                    "check the layer before this one, or set optAxis if the channels are on"
                            + " another axis");
        }
        DataType type = parameter.getDataType();
        DataType inputType = input.getDataType();
        if (type != inputType && type != DataType.FLOAT32) {
            throw Refusal.of(
                    name + " must be float32 or of the input's type",
                    inputType == DataType.FLOAT32 ? inputType : "float32 or " + inputType,
                    type,
                    "convert one of them with toType");
        }
    }

    static void severalValues(Shape shape, long valuesPerChannel) {
        if (valuesPerChannel == 1) {
            throw Refusal.of(
                    "the statistics need more than one value per channel",
                    "2 or more values",
                    "1 value per channel in shape " + shape,
                    "use a larger input, or no normalization at this place");
        }
    }
}
