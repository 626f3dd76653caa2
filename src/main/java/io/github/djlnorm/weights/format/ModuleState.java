package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.format.PickleReader.OtherKey;
import io.github.djlnorm.weights.format.TorchNames.Unusable;
import io.github.djlnorm.weights.format.TorchNames.View;
import io.github.djlnorm.weights.storage.Allowance;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The named tensors of a state dict, of a module that was saved whole, or of one of TorchScript: in
 * the order of {@code state_dict()}, each module's own before those of the modules inside.
 */
final class ModuleState {

    private static final String PARAMETERS = "_parameters";
    private static final String BUFFERS = "_buffers";
    private static final String MODULES = "_modules";
    private static final String NOT_SAVED = "_non_persistent_buffers_set";
    private static final String NUMPY_ARRAY = "multiarray._reconstruct";
    private static final int MAX_DEPTH = 100;
    private static final int VISIT_BYTES = 100;

    private final Map<String, Set<String>> classes;
    private final Allowance allowance;
    private final Map<String, Object> named = new LinkedHashMap<>();

    private ModuleState(Map<String, Set<String>> classes, Allowance allowance) {
        this.classes = classes;
        this.allowance = allowance;
    }

    /**
     * The tensors by name, as {@link View} or {@link Unusable}; empty if there are none.
     *
     * @param classes the names of the tensors of TorchScript's classes
     * @param allowance what names and modules are taken from
     */
    static Map<String, Object> of(
            Object object, Map<String, Set<String>> classes, Allowance allowance)
            throws MalformedWeightsException {
        ModuleState state = new ModuleState(classes, allowance);
        if (object instanceof Map<?, ?> dict) {
            state.addTensors(dict, "", name -> true);
        } else if (object instanceof PythonObject module) {
            state.addModule(module, "", 0);
        }
        return state.named;
    }

    private void addTensors(Map<?, ?> dict, String prefix, Predicate<String> isWanted)
            throws MalformedWeightsException {
        for (Map.Entry<?, ?> entry : dict.entrySet()) {
            Object value = entry.getValue();
            if (value instanceof View || value instanceof Unusable) {
                add(prefix, entry.getKey(), value, isWanted);
            } else if (value instanceof PythonObject object
                    && object.name().endsWith(NUMPY_ARRAY)) {
                add(prefix, entry.getKey(), new Unusable("it is an array of NumPy"), isWanted);
            }
        }
    }

    private void add(String prefix, Object key, Object tensor, Predicate<String> isWanted)
            throws MalformedWeightsException {
        String name = key instanceof OtherKey other ? other.text() : (String) key;
        if (isWanted.test(name)) {
            allowance.take(VISIT_BYTES + 2L * (prefix.length() + name.length()));
            named.putIfAbsent(prefix + name, tensor);
        }
    }

    private void addModule(PythonObject module, String prefix, int depth)
            throws MalformedWeightsException {
        if (depth > MAX_DEPTH) {
            throw new MalformedWeightsException(
                    "its modules are more than " + MAX_DEPTH + " deep, or one is in itself");
        }
        Map<?, ?> state = module.state();
        addTensors(module.items(), prefix, name -> true);
        if (state.get(PARAMETERS) instanceof Map<?, ?> parameters) {
            addTensors(parameters, prefix, name -> true);
            if (state.get(BUFFERS) instanceof Map<?, ?> buffers) {
                List<?> without = state.get(NOT_SAVED) instanceof List<?> list ? list : List.of();
                addTensors(buffers, prefix, name -> !without.contains(name));
            }
            if (state.get(MODULES) instanceof Map<?, ?> modules) {
                addModules(modules, prefix, depth);
            }
        } else { // of TorchScript, where all are attributes
            Set<String> tensors = classes.get(module.name());
            addTensors(state, prefix, name -> tensors == null || tensors.contains(name));
            addModules(state, prefix, depth);
        }
    }

    private void addModules(Map<?, ?> modules, String prefix, int depth)
            throws MalformedWeightsException {
        for (Map.Entry<?, ?> entry : modules.entrySet()) {
            if (entry.getValue() instanceof PythonObject inner
                    && entry.getKey() instanceof String name) {
                // One that is in many is gone through in each.
                allowance.take(VISIT_BYTES + 2L * (prefix.length() + name.length()));
                addModule(inner, prefix + name + ".", depth + 1);
            }
        }
    }
}
