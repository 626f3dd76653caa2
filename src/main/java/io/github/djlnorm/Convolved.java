package io.github.djlnorm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.stream.LongStream;

/**
 * A convolution that comes before a normalization in the same call.
 *
 * @param weight the kernels, of shape (filters, C / groups, *)
 * @param bias the bias of each filter, or null
 * @param stride the stride along each spatial axis
 * @param padding the zeros around the input along each spatial axis
 * @param dilation the dilation along each spatial axis
 * @param groups the number of parts that channels are divided into
 */
record Convolved(
        NDArray weight, NDArray bias, Shape stride, Shape padding, Shape dilation, int groups) {

    /** All integers: groups, stride, padding and dilation. */
    LongStream integers() {
        LongStream perAxis =
                LongStream.concat(
                        LongStream.concat(
                                LongStream.of(stride.getShape()),
                                LongStream.of(padding.getShape())),
                        LongStream.of(dilation.getShape()));
        return LongStream.concat(LongStream.of(groups), perAxis);
    }
}
