package io.github.djlnorm.convolutional;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.Arrays64;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * Convolution of 1, 2 or 3 spatial axes in plain Java and float64, from its definition: the output
 * is the sum of input times weight over all places at which a kernel element meets an input
 * element. A transposed convolution is the same sum with input and output changing places.
 */
final class ConvolutionReference {

    private final long[] small;
    private final long[] large;
    private final long[] kernel;
    private final int stride;
    private final int padding;
    private final int dilation;
    private final int groups;

    /**
     * The convolution leads from the large to the small side, a transposed one back.
     *
     * @param weight (channels of the small side, channels of the large side / groups, kernel)
     */
    ConvolutionReference(
            Shape large,
            Shape small,
            Shape weight,
            int stride,
            int padding,
            int dilation,
            int groups) {
        this.large = three(large);
        this.small = three(small);
        this.kernel = three(weight);
        this.stride = stride;
        this.padding = padding;
        this.dilation = dilation;
        this.groups = groups;
    }

    /** (A, B, depth, height, width), with 1 for axes that are not there. */
    private static long[] three(Shape shape) {
        long[] five = {shape.get(0), shape.get(1), 1, 1, 1};
        int axes = shape.dimension() - 2;
        for (int i = 0; i < axes; i++) {
            five[5 - axes + i] = shape.get(2 + i);
        }
        return five;
    }

    double[] small(double[] largeValues, double[] weight) {
        double[] result = new double[size(small)];
        visit((l, w, s) -> result[s] += largeValues[l] * weight[w]);
        return result;
    }

    double[] large(double[] smallValues, double[] weight) {
        double[] result = new double[size(large)];
        visit((l, w, s) -> result[l] += smallValues[s] * weight[w]);
        return result;
    }

    /** The gradient of the weight, from one side and the gradient of the other. */
    double[] weight(double[] largeValues, double[] smallValues) {
        double[] result = new double[size(kernel)];
        visit((l, w, s) -> result[w] += largeValues[l] * smallValues[s]);
        return result;
    }

    private void visit(Meeting meeting) {
        for (int s = 0; s < size(small); s++) {
            long[] place = place(s, small);
            long group = place[1] / (small[1] / groups);
            for (int k = 0; k < kernel[1] * kernel[2] * kernel[3] * kernel[4]; k++) {
                int w = (int) (place[1] * (size(kernel) / kernel[0])) + k;
                long[] element = place(w, kernel);
                long[] met = {place[0], group * kernel[1] + element[1], 0, 0, 0};
                boolean inside = true;
                for (int axis = 2; axis < 5; axis++) {
                    boolean there = kernel[axis] > 1 || large[axis] > 1 || small[axis] > 1;
                    int offset = there ? padding : 0;
                    met[axis] = place[axis] * stride - offset + element[axis] * dilation;
                    inside &= met[axis] >= 0 && met[axis] < large[axis];
                }
                if (inside) {
                    meeting.visit(index(met, large), w, s);
                }
            }
        }
    }

    /** A shape of the same value on all axes. */
    static Shape all(int axes, long value) {
        return new Shape(LongStream.generate(() -> value).limit(axes).toArray());
    }

    /**
     * Asserts that sums of many values of magnitude one are as exact as sums of such values can be.
     */
    static void assertClose(String what, NDArray actual, double[] expected) {
        double[] terms = DoubleStream.of(expected).map(y -> Math.max(4, Math.abs(y))).toArray();
        Arrays64.assertClose(what, actual, expected, terms, 64);
    }

    private static int size(long[] shape) {
        return (int) (shape[0] * shape[1] * shape[2] * shape[3] * shape[4]);
    }

    private static long[] place(int index, long[] shape) {
        long[] place = new long[5];
        long rest = index;
        for (int axis = 4; axis >= 0; axis--) {
            place[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        return place;
    }

    private static int index(long[] place, long[] shape) {
        long index = 0;
        for (int axis = 0; axis < 5; axis++) {
            index = index * shape[axis] + place[axis];
        }
        return (int) index;
    }

    private interface Meeting {
        void visit(int large, int weight, int small);
    }
}
