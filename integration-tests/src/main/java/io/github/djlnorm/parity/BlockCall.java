package io.github.djlnorm.parity;

import ai.djl.ndarray.types.DataType;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.python.ModuleCall;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A call of a block.
 *
 * @param inputs what its inputs are like
 * @param sent what it was given, as {@link ModuleCall#arrays} has it
 * @param ours what it gave
 */
record BlockCall(
        List<BlockInput> inputs, Map<String, double[]> sent, Map<String, BlockResult> ours) {

    String shapes() {
        return inputs.stream()
                .map(input -> input.shape().toString())
                .collect(Collectors.joining(" and "));
    }

    /** The same call of a module, in a type. */
    ModuleCall ofModule(String definitions, String module, DataType type, boolean training) {
        return new ModuleCall(
                definitions,
                module,
                inputs.stream().map(input -> input.ofModule(type)).toList(),
                type,
                Layout.CONTIGUOUS,
                List.of(training),
                sent);
    }
}
