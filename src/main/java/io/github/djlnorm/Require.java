package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlnorm.internal.Refusal;
import io.github.djlnorm.internal.kernel.ArrayRules;

/** What the layers demand of their options and inputs. */
final class Require {

    private Require() {}

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

    static long knownChannels(int axis, Shape shape) {
        long channels = shape.get(ArrayRules.axis(axis, shape));
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

    static void positiveClasses(int numClasses) {
        if (numClasses < 1) {
            throw refusal(
                    "the number of classes must be positive",
                    "1 or more",
                    numClasses,
                    "call setNumClasses with the number of styles or labels");
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

    static void noNormNumber(int number, String norm) {
        if (number != 0) {
            throw refusal(
                    "only norms with groups have a number",
                    "0",
                    number + " in " + norm,
                    "leave it out, or use a norm such as group:" + Math.abs((long) number));
        }
    }

    static IllegalArgumentException refusal(
            String rule, Object expected, Object actual, String fix) {
        return Refusal.of(rule, expected, actual, fix);
    }
}
