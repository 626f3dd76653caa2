package io.github.djlnorm.parity.python;

import ai.djl.ndarray.types.DataType;
import io.github.djlnorm.parity.arrays.Layout;
import java.util.List;
import java.util.Map;

/**
 * A call of a PyTorch module.
 *
 * @param definitions Python statements, such as classes, that the module needs; empty if none
 * @param module the Python expression that builds it, in which {@code torch}, {@code nn} and the
 *     functions at the top of torch_modules.py are known
 * @param inputs its inputs
 * @param parameterType the parameters' type
 * @param layout how the inputs lie in memory
 * @param passes whether each pass trains; none if the module is only to be built, and its state
 *     told
 * @param arrays the inputs of each pass, {@code x0/0}, {@code x0/1}, {@code x1/0} and so on; {@code
 *     dy/0} and so on, the gradients that arrive at the last pass's outputs, in their shapes; and
 *     {@code state/NAME}, the parameters and buffers to start from
 */
public record ModuleCall(
        String definitions,
        String module,
        List<ModuleInput> inputs,
        DataType parameterType,
        Layout layout,
        List<Boolean> passes,
        Map<String, double[]> arrays) {}
