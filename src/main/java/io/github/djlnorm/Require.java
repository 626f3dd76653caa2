package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlnorm.internal.Refusal;

/** What the layers demand of their options and inputs. */
final class Require {

    private Require() {}

    static void positiveGroups(int numGroups) {
        if (numGroups < 1) {
            throw refusal(
                    "the number of groups must be positive",
                    "1 or more",
                    numGroups,
                    "call setNumGroups with a divisor of the channel count, such as 32");
        }
    }

    static void groupsDivide(int numGroups, long channels) {
        positiveGroups(numGroups);
        if (channels % numGroups != 0) {
            throw refusal(
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

    static void epsilon(float epsilon) {
        if (!Float.isFinite(epsilon) || epsilon < 0) {
            throw refusal(
                    "epsilon must be finite and not negative",
                    "0 or more",
                    epsilon,
                    "use a small value such as 1e-5f");
        }
    }

    static void momentum(float momentum) {
        if (!(momentum >= 0 && momentum <= 1)) {
            throw refusal(
                    "momentum, the weight of the old running value, must lie between 0 and 1",
                    "0 to 1",
                    momentum,
                    "use 0.9f, which is a momentum of 0.1 in PyTorch");
        }
    }

    static void spatialDims(int spatialDims) {
        if (spatialDims < 1 || spatialDims > 3) {
            throw refusal(
                    "the number of spatial dimensions must be 1, 2 or 3",
                    "1, 2 or 3",
                    spatialDims,
                    "use 2 for images");
        }
    }

    static void notBatchAxis(int axis) {
        if (axis == 0) {
            throw refusal(
                    "the channel axis must not be the batch axis",
                    "an axis other than 0",
                    axis,
                    "use optAxis(1) for (N, C, ...) or optAxis(-1) for (N, ..., C)");
        }
    }

    static void axisFitsSpatialDims(int axis, int spatialDims) {
        int rank = spatialDims + 2;
        if (axis >= rank || axis <= -rank) {
            throw refusal(
                    "the channel axis must lie inside an input of the given spatial dimensions",
                    "an axis of a batch of rank " + rank,
                    "axis " + axis + " with " + spatialDims + " spatial dimensions",
                    "use optAxis(1) or optAxis(-1), or change optSpatialDims");
        }
    }

    /** Returns the channel axis counted from the front. */
    static int axis(int axis, Shape shape) {
        notBatchAxis(axis);
        int rank = shape.dimension();
        int fromFront = axis < 0 ? axis + rank : axis;
        if (fromFront < 1 || fromFront >= rank) {
            throw refusal(
                    "the channel axis must be an axis of the input behind the batch axis",
                    "an axis between 1 and " + (rank - 1),
                    "axis " + axis + " for an input of shape " + shape,
                    "use optAxis(1) for (N, C, ...) or optAxis(-1) for (N, ..., C)");
        }
        return fromFront;
    }

    static void rankAtLeast(int minimum, Shape shape, String layout) {
        if (shape.dimension() < minimum) {
            throw refusal(
                    "the input must have rank " + minimum + " or more",
                    layout,
                    "rank " + shape.dimension() + " in shape " + shape,
                    "add the missing axes with expandDims or reshape");
        }
    }

    static long knownChannels(int axis, Shape shape) {
        long channels = shape.get(axis(axis, shape));
        if (channels < 1) {
            throw refusal(
                    "the number of channels must be known and positive",
                    "1 or more channels",
                    channels + " on axis " + axis + " of shape " + shape,
                    "give the channel count in the input shape of initialize");
        }
        return channels;
    }

    static void initializedChannels(Shape parameter, long channels, Shape shape) {
        initializedChannels(parameter.getLastDimension(), channels, shape);
    }

    static void initializedChannels(long expected, long channels, Shape shape) {
        if (channels != expected) {
            throw refusal(
                    "the layer has its number of channels since it was initialized",
                    expected + " channels",
                    channels + " in shape " + shape,
                    "make a new layer for another number of channels");
        }
    }

    static void inputChannels(long expected, long channels, Shape input) {
        if (channels != expected) {
            throw refusal(
                    "the input must have the channels that the layer was initialized with",
                    expected + " channels",
                    channels + " in an input of shape " + input,
                    "check the layer before this one, or set optAxis if the channels are on another"
                            + " axis");
        }
    }

    /** Checks the shape that a parameter was loaded with. */
    static void savedShape(Parameter parameter, Shape expected) {
        if (!parameter.getShape().equals(expected)) {
            throw refusal(
                    "a saved parameter must fit the saved input",
                    expected + " for " + parameter.getName(),
                    parameter.getShape(),
                    "the file is damaged");
        }
    }

    static void singleInput(int count) {
        if (count != 1) {
            throw refusal("the layer takes one input", 1, count, "call the layer for each of them");
        }
    }

    static NDArray singleInput(NDList inputs) {
        singleInput(inputs.size());
        return inputs.get(0);
    }

    static void inputAndOptionalMask(int count) {
        if (count != 1 && count != 2) {
            throw refusal(
                    "the layer takes one input and, if there is padding, its mask",
                    "1 or 2",
                    count,
                    "call the layer for each of them");
        }
    }

    static void noMask(int count) {
        if (count != 1) {
            throw refusal(
                    "running statistics do not go with a mask",
                    1,
                    count + " inputs",
                    "build the layer without optTrackRunningStats, or call it without a mask");
        }
    }

    static void twoInputs(int count, String first, String second) {
        if (count != 2) {
            throw refusal(
                    "the layer takes " + first + " and " + second,
                    2,
                    count,
                    "call the layer with a list of both");
        }
    }

    static void mask(Shape mask, Shape input, int channelAxis) {
        Shape expected = input.slice(0, channelAxis).addAll(input.slice(channelAxis + 1));
        if (!mask.equals(expected)) {
            throw refusal(
                    "the mask must have the shape of the input without its channel axis",
                    expected,
                    mask + " for an input of shape " + input,
                    "reshape or broadcast the mask, or set optAxis if the channels are on another"
                            + " axis");
        }
    }

    static void positiveClasses(int numClasses) {
        if (numClasses < 1) {
            throw refusal(
                    "the number of classes must be positive",
                    "1 or more",
                    numClasses,
                    "call setNumClasses with the number of styles or labels");
        }
    }

    static void labels(NDArray labels, NDArray input) {
        Shape expected = new Shape(input.getShape().get(0));
        if (!labels.getShape().equals(expected)) {
            throw refusal(
                    "there must be one label for each instance",
                    expected,
                    labels.getShape() + " for an input of shape " + input.getShape(),
                    "give labels of shape (N)");
        }
        DataType type = labels.getDataType();
        if (!type.isInteger() && type != DataType.FLOAT32) {
            throw refusal(
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
                throw refusal(
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
            throw refusal(
                    "the style must have the channels of the content",
                    channels + " channels",
                    shape.get(channelAxis) + " on axis " + channelAxis + " of shape " + shape,
                    "take both from the same layer of an encoder");
        }
        if (shape.get(0) != 1 && shape.get(0) != instances) {
            throw refusal(
                    "there must be one style for each instance, or one for all",
                    instances == 1 ? "1 instance" : instances + " instances or 1",
                    shape.get(0) + " in shape " + shape,
                    "give one style, or as many as the content has instances");
        }
        if (shape.slice(1).size() == 0) {
            throw refusal(
                    "the style must have values",
                    "1 or more spatial positions",
                    "shape " + shape,
                    "give a style with a width of 1 or more");
        }
        if (style.getDataType() != content.getDataType()) {
            throw refusal(
                    "the style must be of the type of the content",
                    content.getDataType(),
                    style.getDataType(),
                    "convert one of them with toType");
        }
    }

    static void rankOfSpatialDims(int spatialDims, Shape shape) {
        int rank = shape.dimension();
        if (rank != spatialDims + 1 && rank != spatialDims + 2) {
            throw refusal(
                    "the input must have the spatial dimensions that optSpatialDims set",
                    "rank " + (spatialDims + 2) + ", or " + (spatialDims + 1) + " for one instance",
                    "rank " + rank + " in shape " + shape,
                    "change optSpatialDims, or the input with expandDims or reshape");
        }
    }

    static void floatingPoint(DataType type) {
        if (type != DataType.FLOAT32 && type != DataType.FLOAT16 && type != DataType.FLOAT64) {
            throw refusal(
                    "the input must be floating-point",
                    "float16, float32 or float64",
                    type,
                    "convert it with toType(DataType.FLOAT32, false)");
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
        Shape shape = parameter.getShape();
        long channels = input.getShape().get(channelAxis);
        if (shape.dimension() != leadingAxes + 1 || shape.getLastDimension() != channels) {
            throw refusal(
                    name + " must have one value for each channel of the input",
                    shape.slice(leadingAxes).size() + " channels on axis " + channelAxis,
                    channels + " in an input of shape " + input.getShape(),
                    "check the layer before this one, or set optAxis if the channels are on"
                            + " another axis");
        }
        DataType type = parameter.getDataType();
        DataType inputType = input.getDataType();
        if (type != inputType && type != DataType.FLOAT32) {
            throw refusal(
                    name + " must be float32 or of the input's type",
                    inputType == DataType.FLOAT32 ? inputType : "float32 or " + inputType,
                    type,
                    "convert one of them with toType");
        }
    }

    static void severalValues(Shape shape, long valuesPerChannel) {
        if (valuesPerChannel == 1) {
            throw refusal(
                    "the statistics need more than one value per channel",
                    "2 or more values",
                    "1 value per channel in shape " + shape,
                    "use a larger input, or no normalization at this place");
        }
    }

    static void positiveChannels(long channels) {
        if (channels < 1) {
            throw refusal(
                    "the number of groups depends on the number of channels",
                    "1 or more channels",
                    channels,
                    "initialize the layer first, or give the channels of its input");
        }
    }

    static void normNumber(int number, String norm) {
        if (number < 1) {
            throw refusal(
                    "the number of a norm must be positive",
                    "1 or more",
                    number + " in " + norm,
                    "use a number such as 32");
        }
    }

    static void batchNormAxis(int axis) {
        if (axis < 0) {
            throw refusal(
                    "DJL's BatchNorm takes no axis counted from the end",
                    "1 or more",
                    axis,
                    "count the axis from the front, such as 3 for (N, H, W, C)");
        }
    }

    static IllegalArgumentException unknownNorm(String text, String known) {
        return refusal(
                "the norm must be a known one",
                "one of " + known,
                "'" + text + "'",
                "write it like group:32, with :axis=-1 or :epsilon=0.001 behind it if need be");
    }

    static IllegalArgumentException refusal(
            String rule, Object expected, Object actual, String fix) {
        return Refusal.of(rule, expected, actual, fix);
    }
}
