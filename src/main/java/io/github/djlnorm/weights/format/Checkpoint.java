package io.github.djlnorm.weights.format;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the state dict in what torch.save saved. */
final class Checkpoint {

    private Checkpoint() {}

    static Map<String, Tensor> stateDict(Object saved, Optional<String> key)
            throws MalformedWeightsException {
        Map<?, ?> dict = dict(saved, "it");
        if (key.isEmpty()) {
            return tensors(dict, dict);
        }
        if (!dict.containsKey(key.get())) {
            throw new MalformedWeightsException(
                    "it has no key %s%s".formatted(Printable.quoted(key.get()), choice(dict)));
        }
        return tensors(dict(dict.get(key.get()), Printable.quoted(key.get())), dict);
    }

    private static Map<?, ?> dict(Object saved, String what) throws MalformedWeightsException {
        if (saved instanceof Map<?, ?> dict) {
            return dict;
        }
        throw new MalformedWeightsException(
                what + " is no state dict but " + type(saved) + "; save model.state_dict()");
    }

    private static Map<String, Tensor> tensors(Map<?, ?> dict, Map<?, ?> checkpoint)
            throws MalformedWeightsException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : dict.entrySet()) {
            if (!(entry.getKey() instanceof String name)
                    || !(entry.getValue() instanceof Tensor tensor)) {
                throw new MalformedWeightsException(
                        "it is no state dict: %s is %s%s"
                                .formatted(
                                        Printable.quoted(String.valueOf(entry.getKey())),
                                        type(entry.getValue()),
                                        choice(checkpoint)));
            }
            tensors.put(name, tensor);
        }
        return tensors;
    }

    /** What to do about a missing or wrong key. */
    private static String choice(Map<?, ?> checkpoint) {
        List<String> keys =
                checkpoint.entrySet().stream()
                        .filter(e -> e.getValue() instanceof Map<?, ?> m && holdsTensors(m))
                        .map(e -> Printable.of(String.valueOf(e.getKey())))
                        .limit(10)
                        .toList();
        return keys.isEmpty() ? "" : "; give the key of a state dict: " + String.join(", ", keys);
    }

    private static boolean holdsTensors(Map<?, ?> dict) {
        return !dict.isEmpty() && dict.values().stream().allMatch(Tensor.class::isInstance);
    }

    private static String type(Object value) {
        if (value instanceof Map<?, ?>) {
            return "a dict";
        } else if (value instanceof List<?>) {
            return "a list";
        } else if (value instanceof Tensor) {
            return "a tensor";
        }
        return value == null ? "None" : "a " + value.getClass().getSimpleName();
    }
}
