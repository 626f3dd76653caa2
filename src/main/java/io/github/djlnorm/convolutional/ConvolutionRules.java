package io.github.djlnorm.convolutional;

import ai.djl.ndarray.types.LayoutType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.Norm;
import io.github.djlnorm.internal.Refusal;
import io.github.djlnorm.internal.kernel.ArrayRules;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** What all convolutions of 1, 2 and 3 spatial axes demand and take for granted. */
final class ConvolutionRules {

    private ConvolutionRules() {}

    static LayoutType[] layout(Shape kernel) {
        return LayoutType.fromValue(
                switch (kernel.dimension()) {
                    case 1 -> "NCW";
                    case 2 -> "NCHW";
                    default -> "NCDHW";
                });
    }

    static void kernel(Shape kernel) {
        int axes = kernel == null ? 0 : kernel.dimension();
        if (axes < 1 || axes > 3 || kernel.size() < 1) {
            throw Refusal.of(
                    "a kernel must have 1, 2 or 3 spatial axes of positive size",
                    "a shape such as (3, 3)",
                    kernel,
                    "call setKernelShape(new Shape(3, 3)) for images");
        }
    }

    static void filters(int filters, int groups) {
        if (filters < 1) {
            throw Refusal.of(
                    "the number of filters must be positive",
                    "1 or more",
                    filters,
                    "call setFilters with the number of output channels");
        }
        ArrayRules.groupsDivide(groups, filters);
    }

    /** A given shape with the kernel's axes, or, where none is given, one value for all of them. */
    static Shape orAll(String name, Shape given, long value, Shape kernel) {
        if (given == null) {
            return new Shape(LongStream.generate(() -> value).limit(kernel.dimension()).toArray());
        }
        if (given.dimension() != kernel.dimension()) {
            throw Refusal.of(
                    name + " must have the axes of the kernel",
                    kernel.dimension() + " values, as in the kernel " + kernel,
                    given,
                    "give one value for each spatial axis");
        }
        return given;
    }

    /** The padding that keeps the size of an input, for an odd kernel and a stride of 1. */
    static Shape halfPadding(Shape kernel, Shape dilation) {
        return new Shape(
                IntStream.range(0, kernel.dimension())
                        .mapToLong(i -> (kernel.get(i) - 1) / 2 * dilation.get(i))
                        .toArray());
    }

    static void norm(Norm norm) {
        if (norm == null) {
            throw Refusal.of(
                    "a norm must be chosen",
                    "a Norm",
                    "none was set",
                    "call setNorm(Norm.group(32)), or setNorm(Norm.none()) for a stage without");
        } else if (norm.axis() != 1) {
            throw Refusal.of(
                    "the channels of a convolution's output are on axis 1",
                    "a norm with axis 1",
                    norm,
                    "leave out withAxis");
        }
    }

    static void oneKind(boolean transposed, boolean weightStandardized, Shape outPadding) {
        if (transposed && weightStandardized) {
            throw Refusal.of(
                    "a transposed convolution has no standardized weights",
                    "one of optTransposed and optWeightStandardized",
                    "both",
                    "leave out one of them");
        } else if (outPadding != null && !transposed) {
            throw Refusal.of(
                    "only a transposed convolution has an output padding",
                    "optOutPadding with optTransposed(true)",
                    "optOutPadding" + outPadding + " without it",
                    "leave it out, or call optTransposed(true)");
        }
    }

    static void input(Shape kernel, Shape input) {
        int rank = kernel.dimension() + 2;
        if (input.dimension() != rank) {
            throw Refusal.of(
                    "the input must have the spatial axes of the kernel " + kernel,
                    "rank " + rank,
                    "rank " + input.dimension() + " in shape " + input,
                    "change the kernel, or the input with expandDims or reshape");
        }
    }

    static void severalWeights(Shape weight) {
        if (weight.size() == weight.get(0)) {
            throw Refusal.of(
                    "a filter must have more than one weight to be standardized",
                    "2 or more weights",
                    "1 weight per filter in shape " + weight,
                    "use a plain convolution, a larger kernel or fewer groups");
        }
    }
}
