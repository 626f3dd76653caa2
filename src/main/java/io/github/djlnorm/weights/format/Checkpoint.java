package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.pickle.PythonObject;
import io.github.djlnorm.weights.storage.Allowance;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import io.github.djlnorm.weights.storage.Printable;
import io.github.djlnorm.weights.storage.SaveAgain;
import io.github.djlnorm.weights.storage.UnusableTensorException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the state dict in what torch.save saved: itself, inside of dicts, or a whole module. */
final class Checkpoint {

    private static final int MAX_LISTED = 10;
    private static final long MAX_BYTES = 64L << 20;

    private final SavedObject saved;
    private final Allowance allowance = new Allowance(MAX_BYTES);

    private Checkpoint(SavedObject saved) {
        this.saved = saved;
    }

    static Contents stateDict(SavedObject saved, Optional<String> key)
            throws MalformedWeightsException {
        Checkpoint checkpoint = new Checkpoint(saved);
        Map<String, Object> found = StateDicts.in(saved, checkpoint.allowance);
        Object chosen = key.isPresent() ? at(saved, key.get(), found) : only(saved, found);
        Contents contents = checkpoint.contents(chosen);
        if (contents.tensors().isEmpty() && contents.refused().isEmpty() && !isEmptyDict(chosen)) {
            throw new MalformedWeightsException(
                    "%s is no state dict but %s%s; %s"
                            .formatted(
                                    key.map(Printable::quoted).orElse("it"),
                                    type(chosen),
                                    choice(found.keySet()),
                                    SaveAgain.IN_PYTHON));
        }
        return contents;
    }

    private static Object at(SavedObject saved, String key, Map<String, Object> found)
            throws MalformedWeightsException {
        Object object =
                key.equals(StateDicts.ROOT) ? saved.root() : StateDicts.at(saved.root(), key);
        if (object == null) {
            throw new MalformedWeightsException(
                    "it has no key %s%s".formatted(Printable.quoted(key), choice(found.keySet())));
        }
        return object;
    }

    private static Object only(SavedObject saved, Map<String, Object> found)
            throws MalformedWeightsException {
        if (found.size() > 1) {
            throw new MalformedWeightsException(
                    "it holds %d state dicts%s".formatted(found.size(), choice(found.keySet())));
        }
        return found.isEmpty() ? saved.root() : found.values().iterator().next();
    }

    private static boolean isEmptyDict(Object chosen) {
        return chosen instanceof Map<?, ?> dict && dict.isEmpty();
    }

    private Contents contents(Object object) throws MalformedWeightsException {
        Contents contents = Contents.empty(SaveAgain.IN_PYTHON);
        for (Map.Entry<String, Object> named :
                ModuleState.of(object, saved.classes(), allowance).entrySet()) {
            if (named.getValue() instanceof TorchNames.View view) {
                allowance.takeTensor(view.sizes().size());
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
