package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.format.PickleReader.OtherKey;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import io.github.djlnorm.weights.storage.Printable;
import io.github.djlnorm.weights.storage.UnusableTensorException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the state dict in what torch.save saved: itself, inside of dicts, or a whole module. */
final class Checkpoint {

    /** The key of the saved object itself. */
    private static final String ROOT = ".";

    private static final String OPTIMIZER_KEY = "param_groups";
    private static final int MAX_DEPTH = 8;
    private static final int MAX_LISTED = 10;

    private final SavedObject saved;

    private Checkpoint(SavedObject saved) {
        this.saved = saved;
    }

    static Contents stateDict(SavedObject saved, Optional<String> key)
            throws MalformedWeightsException {
        Checkpoint checkpoint = new Checkpoint(saved);
        Map<String, Object> candidates = checkpoint.candidates();
        Object chosen;
        if (key.isPresent()) {
            chosen = key.get().equals(ROOT) ? saved.root() : find(saved.root(), key.get());
            if (chosen == null) {
                throw new MalformedWeightsException(
                        "it has no key %s%s"
                                .formatted(
                                        Printable.quoted(key.get()), choice(candidates.keySet())));
            }
        } else if (candidates.size() == 1) {
            chosen = candidates.values().iterator().next();
        } else if (candidates.isEmpty()) {
            chosen = saved.root();
        } else {
            throw new MalformedWeightsException(
                    "it holds %d state dicts%s"
                            .formatted(candidates.size(), choice(candidates.keySet())));
        }
        Contents contents = checkpoint.contents(chosen);
        if (contents.tensors().isEmpty() && contents.refused().isEmpty() && !isEmptyDict(chosen)) {
            throw new MalformedWeightsException(
                    "%s is no state dict but %s%s; save model.state_dict()"
                            .formatted(
                                    key.map(Printable::quoted).orElse("it"),
                                    type(chosen),
                                    choice(candidates.keySet())));
        }
        return contents;
    }

    private static boolean isEmptyDict(Object chosen) {
        return chosen instanceof Map<?, ?> dict && dict.isEmpty();
    }

    private Contents contents(Object object) throws MalformedWeightsException {
        Contents contents = Contents.empty(false);
        for (Map.Entry<String, Object> named : ModuleState.of(object).entrySet()) {
            if (named.getValue() instanceof TorchNames.View view) {
                try {
                    contents.tensors().put(named.getKey(), saved.storages().tensor(view));
                } catch (UnusableTensorException e) {
                    contents.refused().put(named.getKey(), e.getMessage());
                }
            } else if (named.getValue() instanceof TorchNames.Unusable unusable) {
                contents.refused().put(named.getKey(), unusable.reason());
            }
        }
        return contents;
    }

    /** The state dicts by their paths; not those of optimizers. */
    private Map<String, Object> candidates() {
        Map<String, Object> candidates = new LinkedHashMap<>();
        collect(
                saved.root(),
                ROOT,
                0,
                candidates,
                Collections.newSetFromMap(new IdentityHashMap<>()));
        return candidates;
    }

    private static void collect(
            Object object,
            String path,
            int depth,
            Map<String, Object> candidates,
            Set<Object> seen) {
        if (depth > MAX_DEPTH || !seen.add(object)) {
            return;
        }
        if (ModuleState.hasTensors(object)) {
            candidates.put(path, object);
        }
        if (object instanceof Map<?, ?> dict && !dict.containsKey(OPTIMIZER_KEY)) {
            for (Map.Entry<?, ?> entry : dict.entrySet()) {
                if (entry.getValue() instanceof Map<?, ?>
                        || entry.getValue() instanceof PythonObject) {
                    String key = text(entry.getKey());
                    collect(
                            entry.getValue(),
                            path.equals(ROOT) ? key : path + "." + key,
                            depth + 1,
                            candidates,
                            seen);
                }
            }
        }
    }

    /** What a path leads to: keys with dots between them, which may have dots of their own. */
    private static Object find(Object object, String path) {
        if (!(object instanceof Map<?, ?> dict)) {
            return null;
        }
        for (Map.Entry<?, ?> entry : dict.entrySet()) {
            String key = text(entry.getKey());
            if (path.equals(key)) {
                return entry.getValue();
            }
        }
        for (Map.Entry<?, ?> entry : dict.entrySet()) {
            String key = text(entry.getKey());
            if (path.startsWith(key + ".")) {
                Object found = find(entry.getValue(), path.substring(key.length() + 1));
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private static String text(Object key) {
        return key instanceof OtherKey other ? other.text() : String.valueOf(key);
    }

    /** What to do about a missing or wrong key. */
    private static String choice(Set<String> paths) {
        List<String> keys = new ArrayList<>();
        for (String path : paths) {
            if (keys.size() < MAX_LISTED) {
                keys.add(Printable.of(path));
            }
        }
        return keys.isEmpty() ? "" : "; give the key of one: " + String.join(", ", keys);
    }

    private static String type(Object value) {
        if (value instanceof Map<?, ?>) {
            return "a dict without tensors";
        } else if (value instanceof List<?>) {
            return "a list";
        } else if (value instanceof TorchNames.View || value instanceof TorchNames.Unusable) {
            return "a tensor";
        } else if (value instanceof PythonObject object) {
            return "an object of " + Printable.of(object.name()) + " without parameters";
        }
        return value == null ? "None" : "a " + value.getClass().getSimpleName();
    }
}
