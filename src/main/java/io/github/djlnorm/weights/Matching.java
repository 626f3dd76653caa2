package io.github.djlnorm.weights;

import ai.djl.nn.Block;
import io.github.djlnorm.internal.Refusal;
import io.github.djlnorm.weights.BlockTensors.Named;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which tensor is which parameter's: by name first, then by the names that PyTorch gives to the
 * same structure, and by order only where that is asked for.
 */
final class Matching {

    /** A child's name in DJL, as in 01Conv2d: its place from 1 on, and its type. */
    private static final Pattern CHILD = Pattern.compile("(\\d{2,})\\p{Alpha}\\w*");

    private static final Pattern INDEX = Pattern.compile("\\d{1,9}");

    private final List<Named> parameters;
    private final StateDict file;
    private final UnaryOperator<String> names;
    private final Map<Named, String> pairs = new LinkedHashMap<>();

    private Matching(List<Named> parameters, StateDict file, UnaryOperator<String> names) {
        this.parameters = parameters;
        this.file = file;
        this.names = names;
    }

    static Map<Named, String> of(
            List<Named> parameters, StateDict file, UnaryOperator<String> names, boolean order) {
        Matching matching = new Matching(parameters, file, names);
        if (!matching.matchNames() && !matching.matchStructure() && order) {
            matching.matchOrder();
        }
        return matching.pairs;
    }

    static String lastPart(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static String layer(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    /** The names of tensors that parameters can have. */
    static Set<String> usable(StateDict file) {
        Set<String> usable = new LinkedHashSet<>(file.tensors().keySet());
        usable.removeIf(name -> lastPart(name).equals(BlockTensors.BATCHES));
        return usable;
    }

    private boolean matchNames() {
        for (Named parameter : parameters) {
            String name = names.apply(parameter.name());
            if (file.tensors().containsKey(name)) {
                pairs.put(parameter, name);
            }
        }
        return parameters.stream().allMatch(p -> pairs.containsKey(p) || p.isAbsentInTorch());
    }

    /** All parameters or none: names that fit a part of a net could be another one's. */
    private boolean matchStructure() {
        for (String prefix : prefixes()) {
            for (UnaryOperator<String> naming : List.of(names, Matching::inSequence)) {
                Map<Named, String> all = matched(name -> prefix + naming.apply(name));
                if (!all.isEmpty()) {
                    pairs.putAll(all);
                    return true;
                }
            }
        }
        return false;
    }

    /** What stands before dots, such as module of DataParallel and _orig_mod of compiled nets. */
    private Set<String> prefixes() {
        Set<String> prefixes = new LinkedHashSet<>(List.of(""));
        for (String name : file.tensors().keySet()) {
            int dot = name.indexOf('.');
            while (dot >= 0) {
                prefixes.add(name.substring(0, dot + 1));
                dot = name.indexOf('.', dot + 1);
            }
        }
        return prefixes;
    }

    private Map<Named, String> matched(UnaryOperator<String> naming) {
        Map<Named, String> all = new LinkedHashMap<>();
        for (Named parameter : parameters) {
            String name = naming.apply(parameter.name());
            var tensor = file.tensors().get(name);
            if (tensor != null && tensor.shape().equals(parameter.array().getShape())) {
                all.put(parameter, name);
            } else if (!parameter.isAbsentInTorch()) {
                return Map.of();
            }
        }
        return all;
    }

    /** 01Conv2d.weight is 0.weight in an nn.Sequential. */
    private static String inSequence(String name) {
        return Arrays.stream(name.split("\\.", -1))
                .map(
                        part -> {
                            var child = CHILD.matcher(part);
                            return child.matches()
                                    ? Integer.toString(Integer.parseInt(child.group(1)) - 1)
                                    : part;
                        })
                .collect(Collectors.joining("."));
    }

    /** Layer by layer, never across: what a layer lacks is missing, and what it has not is left. */
    private void matchOrder() {
        Map<String, List<String>> theirs = new LinkedHashMap<>();
        Set<String> left = usable(file);
        left.removeAll(pairs.values());
        for (String name : left) {
            theirs.computeIfAbsent(layer(name), l -> new ArrayList<>()).add(name);
        }
        List<List<Named>> ours = unpaired(false);
        if (ours.size() != theirs.size()) {
            ours = unpaired(true);
        }
        if (ours.size() != theirs.size()) {
            return;
        }
        List<String> layers = inOrder(new ArrayList<>(theirs.keySet()));
        for (int i = 0; i < layers.size(); i++) {
            for (Named parameter : ours.get(i)) {
                theirs.get(layers.get(i)).stream()
                        .filter(name -> lastPart(name).equals(lastPart(parameter.name())))
                        .findFirst()
                        .ifPresent(name -> pairs.put(parameter, name));
            }
        }
    }

    private List<List<Named>> unpaired(boolean required) {
        IdentityHashMap<Block, List<Named>> layers = new IdentityHashMap<>();
        List<List<Named>> inOrder = new ArrayList<>();
        for (Named parameter : parameters) {
            if (!pairs.containsKey(parameter) && !(required && parameter.isAbsentInTorch())) {
                List<Named> layer = layers.get(parameter.owner());
                if (layer == null) {
                    layer = new ArrayList<>();
                    layers.put(parameter.owner(), layer);
                    inOrder.add(layer);
                }
                layer.add(parameter);
            }
        }
        return inOrder;
    }

    /** The order of a file, or of the numbers in its names if it is sorted by these. */
    private List<String> inOrder(List<String> layers) {
        List<String> names = new ArrayList<>(file.tensors().keySet());
        boolean isSorted = names.equals(names.stream().sorted().toList());
        if (file.isSortable() && isSorted) {
            layers.sort(Matching::compare);
        }
        return layers;
    }

    private static int compare(String a, String b) {
        String[] left = a.split("\\.", -1);
        String[] right = b.split("\\.", -1);
        for (int i = 0; i < Math.min(left.length, right.length); i++) {
            if (left[i].equals(right[i])) {
                continue;
            }
            if (INDEX.matcher(left[i]).matches() && INDEX.matcher(right[i]).matches()) {
                return Integer.compare(Integer.parseInt(left[i]), Integer.parseInt(right[i]));
            }
            throw Refusal.of(
                    "only a file that keeps the order of layers can be matched by order",
                    "layers that are numbered, or not sorted by name",
                    a + " and " + b + " in a file that is sorted by name",
                    "map the names with optNames");
        }
        return Integer.compare(left.length, right.length);
    }
}
