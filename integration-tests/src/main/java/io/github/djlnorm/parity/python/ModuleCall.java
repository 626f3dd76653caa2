package io.github.djlnorm.parity.python;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Layout;
import java.util.List;
import java.util.Map;

/**
 * A call of a PyTorch module.
 *
 * @param definitions Python statements, such as classes, that the module needs; empty if none
 * @param module the Python expression that builds it, in which {@code torch}, {@code nn} and {@code
 *     on_last_axis} are known
 * @param inputType the input's type
 * @param parameterType the parameters' type
 * @param layout how the input lies in memory
 * @param shape the input's shape with the batch axis, its channels in second place
 * @param passes whether each pass trains
 * @param arrays the input of each pass, {@code x0}, {@code x1} and so on; {@code dy}, the gradient
 *     that arrives at the last pass's output, in its shape; and {@code state/NAME}, the parameters
 *     and buffers to start from
 */
public record ModuleCall(
        String definitions,
        String module,
        DataType inputType,
        DataType parameterType,
        Layout layout,
        Shape shape,
        List<Boolean> passes,
        Map<String, double[]> arrays) {}
