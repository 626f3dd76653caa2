package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.pickle.PickleReader.OtherKey;
import io.github.djlnorm.weights.pickle.PythonObject;
import io.github.djlnorm.weights.storage.Allowance;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The state dicts and modules in a saved object, by the keys that lead to them. Those whose tensors
 * have names as layers' have, such as 0.weight, go before other dicts with tensors in them, such as
 * a random generator's state; those of optimizers are left out.
 */
final class StateDicts {

    /** The key of the saved object itself. */
    static final String ROOT = ".";

    private static final String OPTIMIZER_KEY = "param_groups";
    private static final int MAX_DEPTH = 8;
    private static final int MAX_KEY = 200;
    private static final int VISIT_BYTES = 300;

    private final SavedObject saved;
    private final Allowance allowance;
    private final Map<String, Object> ofLayers = new LinkedHashMap<>();
    private final Map<String, Object> others = new LinkedHashMap<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private StateDicts(SavedObject saved, Allowance allowance) {
        this.saved = saved;
        this.allowance = allowance;
    }

    /** Those that may be meant if no key is given. */
    static Map<String, Object> in(SavedObject saved, Allowance allowance)
            throws MalformedWeightsException {
        StateDicts all = new StateDicts(saved, allowance);
        all.collect(saved.root(), ROOT, 0);
        return all.ofLayers.isEmpty() ? all.others : all.ofLayers;
    }

    private void collect(Object object, String path, int depth) throws MalformedWeightsException {
        if (depth > MAX_DEPTH || !seen.add(object)) {
            return;
        }
        Set<String> names = ModuleState.of(object, saved.classes(), allowance).keySet();
        if (!names.isEmpty()) {
            boolean isOfLayers =
                    object instanceof PythonObject
                            || names.stream().anyMatch(StateDicts::isOfLayer);
            (isOfLayers ? ofLayers : others).put(path, object);
        }
        if (object instanceof Map<?, ?> dict && !dict.containsKey(OPTIMIZER_KEY)) {
            for (Map.Entry<?, ?> entry : dict.entrySet()) {
                String key = text(entry.getKey());
                if (isContainer(entry.getValue()) && key.length() <= MAX_KEY) {
                    allowance.take(VISIT_BYTES);
                    collect(
                            entry.getValue(),
                            path.equals(ROOT) ? key : path + "." + key,
                            depth + 1);
                }
            }
        }
    }

    private static boolean isContainer(Object value) {
        return value instanceof Map<?, ?> || value instanceof PythonObject;
    }

    private static boolean isOfLayer(String name) {
        return name.contains(".") || name.startsWith("weight") || name.startsWith("bias");
    }

    /** What a path leads to, or null: keys with dots between them, which may have dots inside. */
    static Object at(Object object, String path) {
        if (!(object instanceof Map<?, ?> dict)) {
            return null;
        }
        for (Map.Entry<?, ?> entry : dict.entrySet()) {
            if (path.equals(text(entry.getKey()))) {
                return entry.getValue();
            }
        }
        for (Map.Entry<?, ?> entry : dict.entrySet()) {
            String key = text(entry.getKey());
            if (path.startsWith(key + ".")) {
                Object found = at(entry.getValue(), path.substring(key.length() + 1));
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
}
