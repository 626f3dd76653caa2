package io.github.djlnorm.weights;

import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.weights.BlockTensors.Named;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * Finds the tensors of parameters by their names: those of the block or else PyTorch's, under a
 * prefix that all tensors share, or one that programs put around a network.
 *
 * <p>A name that is a path of indices can be that of another layer in a network that was built a
 * little differently. So where not all must fit, such names count only if all are there, or all up
 * to the end of the shorter network, and never for a tensor of another number of dimensions.
 */
final class NameMatcher {

    private static final List<String> WRAPPERS = List.of("module.", "model.", "backbone.", "net.");

    /** What torch.compile puts in, anywhere. */
    private static final String COMPILED = "_orig_mod.";

    private static final List<Function<Named, String>> NAMINGS =
            List.of(Named::name, Named::torchName);

    private final List<Named> parameters;
    private final TensorNames tensors;

    NameMatcher(List<Named> parameters, TensorNames tensors) {
        this.parameters = parameters;
        this.tensors = tensors;
    }

    /**
     * All that one naming finds, to tell what is wrong with it; nothing is loaded unless all is.
     */
    Map<Named, String> most() {
        Map<Named, String> most = Map.of();
        for (Map<Named, String> pairs : underSharedPrefixes()) {
            if (pairs.size() > most.size()) {
                most = pairs;
            }
        }
        return most;
    }

    /** What is found for sure, and can be loaded without the rest. */
    Map<Named, String> sure() {
        Map<Named, String> whole = whole();
        if (!whole.isEmpty()) {
            return whole;
        }
        Map<Named, String> own = pairs("", Named::name);
        for (Map<Named, String> pairs : underSharedPrefixes()) {
            if (pairs.size() > own.size() && isStart(pairs) && all(pairs, tensors::hasRank)) {
                return pairs;
            }
        }
        return own;
    }

    /** What is found if that is a tensor for each parameter; otherwise nothing. */
    Map<Named, String> whole() {
        for (Map<Named, String> pairs : underSharedPrefixes()) {
            if (isWhole(pairs) && all(pairs, tensors::hasRank)) {
                return pairs;
            }
        }
        Set<Map<Named, String>> wrapped = new LinkedHashSet<>();
        for (String prefix : wrappers()) {
            for (Function<Named, String> naming : NAMINGS) {
                Map<Named, String> pairs = pairs(prefix, naming);
                if (isWhole(pairs) && all(pairs, tensors::hasShape)) {
                    wrapped.add(pairs);
                }
            }
        }
        // Of two networks in one state dict, nobody knows which is meant.
        return wrapped.size() == 1 ? wrapped.iterator().next() : Map.of();
    }

    private List<Map<Named, String>> underSharedPrefixes() {
        List<Map<Named, String>> found = new ArrayList<>();
        for (String prefix : sharedPrefixes()) {
            for (Function<Named, String> naming : NAMINGS) {
                found.add(pairs(prefix, naming));
            }
        }
        return found;
    }

    private Map<Named, String> pairs(String prefix, Function<Named, String> naming) {
        Map<String, String> names = new HashMap<>();
        for (String name : tensors.all()) {
            if (name.startsWith(prefix)) {
                names.putIfAbsent(name.substring(prefix.length()).replace(COMPILED, ""), name);
            }
        }
        Map<Named, String> pairs = new LinkedHashMap<>();
        for (Named parameter : parameters) {
            String name = naming.apply(parameter);
            String exact = prefix + name;
            if (tensors.all().contains(exact)) {
                pairs.put(parameter, exact);
            } else if (names.containsKey(name)) {
                pairs.put(parameter, names.get(name));
            }
        }
        return pairs;
    }

    /** The prefixes that end at a dot and that all tensors have, from none to the longest. */
    private List<String> sharedPrefixes() {
        List<String> prefixes = new ArrayList<>(List.of(""));
        if (tensors.all().isEmpty()) {
            return prefixes;
        }
        String first = tensors.all().iterator().next();
        for (int dot = first.indexOf('.'); dot >= 0; dot = first.indexOf('.', dot + 1)) {
            String prefix = first.substring(0, dot + 1);
            if (tensors.all().stream().allMatch(name -> name.startsWith(prefix))) {
                prefixes.add(prefix);
            }
        }
        return prefixes;
    }

    /** The prefixes made of known wrappers that some tensors have. */
    private Set<String> wrappers() {
        Set<String> prefixes = new LinkedHashSet<>();
        for (String name : tensors.all()) {
            int end = 0;
            for (int next = wrapperEnd(name, end); next > end; next = wrapperEnd(name, end)) {
                end = next;
                prefixes.add(name.substring(0, end));
            }
        }
        return prefixes;
    }

    private static int wrapperEnd(String name, int start) {
        int end = name.startsWith(COMPILED, start) ? start + COMPILED.length() : start;
        for (String wrapper : WRAPPERS) {
            if (name.startsWith(wrapper, end)) {
                return end + wrapper.length();
            }
        }
        return end;
    }

    private boolean isWhole(Map<Named, String> pairs) {
        return !pairs.isEmpty()
                && parameters.stream().allMatch(p -> pairs.containsKey(p) || p.isAbsentInTorch());
    }

    /** Whether no parameter is found after one that is not. */
    private boolean isStart(Map<Named, String> pairs) {
        boolean isEnded = false;
        for (Named parameter : parameters) {
            boolean isFound = pairs.containsKey(parameter);
            if (isFound && isEnded) {
                return false;
            }
            isEnded |= !isFound && !parameter.isAbsentInTorch();
        }
        return true;
    }

    private static boolean all(Map<Named, String> pairs, BiPredicate<String, Shape> fits) {
        return pairs.entrySet().stream()
                .allMatch(pair -> fits.test(pair.getValue(), pair.getKey().array().getShape()));
    }
}
