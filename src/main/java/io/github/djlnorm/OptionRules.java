package io.github.djlnorm;

import io.github.djlnorm.internal.Refusal;

/** What the layers demand of their options. */
final class OptionRules {

    private OptionRules() {}

    static void momentum(float momentum) {
        if (!(momentum >= 0 && momentum <= 1)) {
            throw Refusal.of(
                    "momentum, the weight of the old running value, must lie between 0 and 1",
                    "0 to 1",
                    momentum,
                    "use 0.9f, which is a momentum of 0.1 in PyTorch");
        }
    }

    static void spatialDims(int spatialDims) {
        if (spatialDims < 1 || spatialDims > 3) {
            throw Refusal.of(
                    "the number of spatial dimensions must be 1, 2 or 3",
                    "1, 2 or 3",
                    spatialDims,
                    "use 2 for images");
        }
    }

    static void axisFitsSpatialDims(int axis, int spatialDims) {
        int rank = spatialDims + 2;
        if (axis >= rank || axis <= -rank) {
            throw Refusal.of(
                    "the channel axis must lie inside an input of the given spatial dimensions",
                    "an axis of a batch of rank " + rank,
                    "axis " + axis + " with " + spatialDims + " spatial dimensions",
                    "use optAxis(1) or optAxis(-1), or change optSpatialDims");
        }
    }

    static void positiveClasses(int numClasses) {
        if (numClasses < 1) {
            throw Refusal.of(
                    "the number of classes must be positive",
                    "1 or more",
                    numClasses,
                    "call setNumClasses with the number of styles or labels");
        }
    }

    static void positiveChannels(long channels) {
        if (channels < 1) {
            throw Refusal.of(
                    "the number of groups depends on the number of channels",
                    "1 or more channels",
                    channels,
                    "initialize the layer first, or give the channels of its input");
        }
    }

    static void normNumber(int number, String norm) {
        if (number < 1) {
            throw Refusal.of(
                    "the number of a norm must be positive",
                    "1 or more",
                    number + " in " + norm,
                    "use a number such as 32");
        }
    }

    static void batchNormAxis(int axis) {
        if (axis < 0) {
            throw Refusal.of(
                    "DJL's BatchNorm takes no axis counted from the end",
                    "1 or more",
                    axis,
                    "count the axis from the front, such as 3 for (N, H, W, C)");
        }
    }

    static void noNormNumber(int number, String norm) {
        if (number != 0) {
            throw Refusal.of(
                    "only norms with groups have a number",
                    "0",
                    number + " in " + norm,
                    "leave it out, or use a norm such as group:" + Math.abs((long) number));
        }
    }
}
