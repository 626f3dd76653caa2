package io.github.djlnorm.internal.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.internal.Refusal;

/** What the layers demand of their inputs. */
public final class InputRules {

    private InputRules() {}

    public static long knownChannels(int axis, Shape shape) {
        long channels = shape.get(ArrayRules.axis(axis, shape));
        if (channels < 1) {
            throw Refusal.of(
                    "the number of channels must be known and positive",
                    "1 or more channels",
                    channels + " on axis " + axis + " of shape " + shape,
                    "give the channel count in the input shape of initialize");
        }
        return channels;
    }

    public static void initializedChannels(Shape parameter, long channels, Shape shape) {
        initializedChannels(parameter.getLastDimension(), channels, shape);
    }

    public static void initializedChannels(long expected, long channels, Shape shape) {
        if (channels != expected) {
            throw Refusal.of(
                    "the layer has its number of channels since it was initialized",
                    expected + " channels",
                    channels + " in shape " + shape,
                    "make a new layer for another number of channels");
        }
    }

    public static void inputChannels(long expected, long channels, Shape input) {
        if (channels != expected) {
            throw Refusal.of(
                    "the input must have the channels that the layer was initialized with",
                    expected + " channels",
                    channels + " in an input of shape " + input,
                    "check the layer before this one, or set optAxis if the channels are on another"
                            + " axis");
        }
    }

    /** Checks the shape that a parameter was loaded with. */
    public static void savedShape(String name, Shape shape, Shape expected) {
        if (!shape.equals(expected)) {
            throw Refusal.of(
                    "a saved parameter must fit the saved input",
                    expected + " for " + name,
                    shape,
                    "the file is damaged");
        }
    }

    public static void singleInput(int count) {
        if (count != 1) {
            throw Refusal.of(
                    "the layer takes one input", 1, count, "call the layer for each of them");
        }
    }

    public static NDArray singleInput(NDList inputs) {
        singleInput(inputs.size());
        return inputs.get(0);
    }

    public static void inputAndOptionalMask(int count) {
        if (count != 1 && count != 2) {
            throw Refusal.of(
                    "the layer takes one input and, if there is padding, its mask",
                    "1 or 2",
                    count,
                    "call the layer for each of them");
        }
    }

    /** The mask of the valid positions, or null if every position is. */
    public static NDArray mask(NDList inputs) {
        return inputs.size() == 1 ? null : inputs.get(1);
    }

    public static void noMask(int count) {
        if (count != 1) {
            throw Refusal.of(
                    "running statistics do not go with a mask",
                    1,
                    count + " inputs",
                    "build the layer without optTrackRunningStats, or call it without a mask");
        }
    }

    public static void twoInputs(int count, String first, String second) {
        if (count != 2) {
            throw Refusal.of(
                    "the layer takes " + first + " and " + second,
                    2,
                    count,
                    "call the layer with a list of both");
        }
    }

    /** Whether an input is one instance, without the batch axis. */
    public static boolean isUnbatched(int spatialDims, Shape shape) {
        int rank = shape.dimension();
        if (rank != spatialDims + 1 && rank != spatialDims + 2) {
            throw Refusal.of(
                    "the input must have the spatial dimensions that optSpatialDims set",
                    "rank " + (spatialDims + 2) + ", or " + (spatialDims + 1) + " for one instance",
                    "rank " + rank + " in shape " + shape,
                    "change optSpatialDims, or the input with expandDims or reshape");
        }
        return rank == spatialDims + 1;
    }
}
