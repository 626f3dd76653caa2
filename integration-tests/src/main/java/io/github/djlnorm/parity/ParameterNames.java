package io.github.djlnorm.parity;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import io.github.djlnorm.parity.python.ModuleResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What a block's parameters are called in PyTorch: as the user says, as DJL's and this library's
 * single layers have it, or else in the module's order.
 */
final class ParameterNames {

    private static final Map<String, String> USUAL =
            Map.of(
                    "gamma", "weight",
                    "beta", "bias",
                    "weight", "weight",
                    "bias", "bias",
                    "runningMean", "running_mean",
                    "runningVar", "running_var");

    private final Map<String, String> given = new HashMap<>();
    private UnaryOperator<String> rule = name -> null;

    void give(String parameter, String torchName) {
        given.put(parameter, torchName);
    }

    void give(UnaryOperator<String> newRule) {
        rule = newRule;
    }

    /**
     * The block's parameters by their names in PyTorch.
     *
     * @param module tells the module's state, and is asked only if names are missing
     * @param leftOut the names of what the module has alone
     */
    Map<String, Parameter> resolve(
            Block block, Supplier<ModuleResult> module, Set<String> leftOut) {
        Map<String, Parameter> resolved = new LinkedHashMap<>();
        List<Pair<String, Parameter>> nameless = new ArrayList<>();
        boolean single = block.getChildren().isEmpty();
        for (Pair<String, Parameter> pair : block.getParameters()) {
            String ruled = rule.apply(pair.getKey());
            String name = given.getOrDefault(pair.getKey(), ruled);
            if (name == null && single) {
                name = USUAL.get(pair.getKey());
            }
            if (name == null) {
                nameless.add(pair);
            } else {
                resolved.put(name, pair.getValue());
            }
        }
        if (!nameless.isEmpty()) {
            matchInOrder(nameless, module.get(), leftOut, resolved);
        }
        return resolved;
    }

    private static void matchInOrder(
            List<Pair<String, Parameter>> nameless,
            ModuleResult module,
            Set<String> leftOut,
            Map<String, Parameter> resolved) {
        List<String> rest = new ArrayList<>();
        module.arrays().keySet().forEach(key -> rest.add(key.substring(key.indexOf('/') + 1)));
        rest.removeAll(resolved.keySet());
        rest.removeAll(leftOut);
        for (int i = 0; i < nameless.size(); i++) {
            Parameter parameter = nameless.get(i).getValue();
            boolean fits =
                    nameless.size() == rest.size()
                            && parameter
                                    .getArray()
                                    .getShape()
                                    .equals(module.shapes().get("state/" + rest.get(i)));
            if (!fits) {
                throw new IllegalArgumentException(
                        "parameters without a PyTorch name are matched in order: expected %s for %s, got %s; call parameter(\"%s\", name) or leaveOut(name)"
                                .formatted(
                                        nameless.size() == rest.size()
                                                ? "equal shapes"
                                                : "as many names",
                                        nameless.stream()
                                                .map(Pair::getKey)
                                                .collect(Collectors.joining(", ")),
                                        rest,
                                        nameless.get(i).getKey()));
            }
            resolved.put(rest.get(i), parameter);
        }
    }
}
