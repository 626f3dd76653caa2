package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.format.TorchNames.Unusable;
import io.github.djlnorm.weights.format.TorchNames.View;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The named tensors of a state dict, of a module that was saved whole, or of one of TorchScript: in
 * the order of {@code state_dict()}, each module's own before those of the modules inside.
 */
final class ModuleState {

    private static final String PARAMETERS = "_parameters";
    private static final String BUFFERS = "_buffers";
    private static final String MODULES = "_modules";
    private static final String NOT_SAVED = "_non_persistent_buffers_set";
    private static final int MAX_DEPTH = 100;
    private static final int MAX_NAMED = 200_000;
    private static final int MAX_MODULES = 200_000;

    private final Map<String, Object> named = new LinkedHashMap<>();
    private int modules;

    private ModuleState() {}

    /** The tensors by name, as {@link View} or {@link Unusable}; empty if there are none. */
    static Map<String, Object> of(Object object) throws MalformedWeightsException {
        ModuleState state = new ModuleState();
        if (object instanceof Map<?, ?> dict) {
            state.addTensors(dict, "", List.of());
        } else if (object instanceof PythonObject module) {
            state.addModule(module, "", 0);
        }
        return state.named;
    }

    /** Whether there are tensors, without going through all. */
    static boolean hasTensors(Object object) {
        if (object instanceof Map<?, ?> dict) {
            return dict.values().stream().anyMatch(ModuleState::isTensor);
        } else if (object instanceof PythonObject module) {
            try {
                return !of(module).isEmpty();
            } catch (MalformedWeightsException e) {
                return true; // told when it is chosen
            }
        }
        return false;
    }

    private static boolean isTensor(Object value) {
        return value instanceof View || value instanceof Unusable;
    }

    private void addTensors(Map<?, ?> dict, String prefix, List<?> without)
            throws MalformedWeightsException {
        for (Map.Entry<?, ?> entry : dict.entrySet()) {
            if (isTensor(entry.getValue())
                    && entry.getKey() instanceof String name
                    && !without.contains(name)) {
                named.put(prefix + name, entry.getValue());
            }
        }
        if (named.size() > MAX_NAMED) {
            throw new MalformedWeightsException("it has more than " + MAX_NAMED + " tensors");
        }
    }

    private void addModule(PythonObject module, String prefix, int depth)
            throws MalformedWeightsException {
        if (depth > MAX_DEPTH) {
            throw new MalformedWeightsException(
                    "its modules are more than " + MAX_DEPTH + " deep, or one is in itself");
        } else if (++modules > MAX_MODULES) { // one that is in many is counted in each
            throw new MalformedWeightsException("it has more than " + MAX_MODULES + " modules");
        }
        Map<?, ?> state = module.state();
        addTensors(module.items(), prefix, List.of());
        if (state.get(PARAMETERS) instanceof Map<?, ?> parameters) {
            addTensors(parameters, prefix, List.of());
            if (state.get(BUFFERS) instanceof Map<?, ?> buffers) {
                addTensors(
                        buffers,
                        prefix,
                        state.get(NOT_SAVED) instanceof List<?> list ? list : List.of());
            }
            if (state.get(MODULES) instanceof Map<?, ?> modules) {
                addModules(modules, prefix, depth);
            }
        } else { // of TorchScript, where all are attributes
            addTensors(state, prefix, List.of());
            addModules(state, prefix, depth);
        }
    }

    private void addModules(Map<?, ?> modules, String prefix, int depth)
            throws MalformedWeightsException {
        for (Map.Entry<?, ?> entry : modules.entrySet()) {
            if (entry.getValue() instanceof PythonObject inner
                    && entry.getKey() instanceof String name) {
                addModule(inner, prefix + name + ".", depth + 1);
            }
        }
    }
}
