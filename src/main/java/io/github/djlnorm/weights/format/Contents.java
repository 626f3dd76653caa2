package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.storage.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is in a file of weights.
 *
 * @param tensors the tensors by name, in their order
 * @param refused the names of those that DJL cannot have, each with the reason
 * @param isSortable whether tools of the format sort tensors by name
 */
public record Contents(
        Map<String, Tensor> tensors, Map<String, String> refused, boolean isSortable) {

    static Contents empty(boolean isSortable) {
        return new Contents(new LinkedHashMap<>(), new LinkedHashMap<>(), isSortable);
    }
}
