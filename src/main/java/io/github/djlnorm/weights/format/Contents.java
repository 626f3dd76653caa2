package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.storage.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is in a file of weights.
 *
 * @param tensors the tensors by name, in their order
 * @param refused the names of those that DJL cannot have, each with the reason
 * @param cure what to do about those
 */
public record Contents(Map<String, Tensor> tensors, Map<String, String> refused, String cure) {

    static Contents empty(String cure) {
        return new Contents(new LinkedHashMap<>(), new LinkedHashMap<>(), cure);
    }
}
