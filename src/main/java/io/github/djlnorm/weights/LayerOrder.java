package io.github.djlnorm.weights;

import io.github.djlnorm.internal.Refusal;
import io.github.djlnorm.weights.BlockTensors.Named;
import io.github.djlnorm.weights.storage.Printable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Pairs the layers of a block with those of a checkpoint, the first with the first, and within each
 * layer weight with weight and bias with bias. So nothing ever gets into another layer than its
 * neighbours do.
 */
final class LayerOrder {

    private static final String FIX = "map the names with optNames";

    /** Parameters or tensors of a layer by their kind, such as weight. */
    private record Layer<T>(String path, Map<String, T> byKind) {

        static <T> List<Layer<T>> of(Collection<T> all, Function<T, String> name) {
            Map<String, Layer<T>> layers = new LinkedHashMap<>();
            for (T one : all) {
                String path = TensorNames.layer(name.apply(one));
                layers.computeIfAbsent(path, p -> new Layer<>(p, new LinkedHashMap<>()))
                        .byKind
                        .put(TensorNames.kind(name.apply(one)), one);
            }
            return new ArrayList<>(layers.values());
        }

        private String printed() {
            return Printable.of(path) + byKind.keySet().stream().map(Printable::of).toList();
        }
    }

    private LayerOrder() {}

    /**
     * Pairs what has no pair yet.
     *
     * @throws IllegalArgumentException if the layers are not as many, or not of the same kinds, or
     *     the order of the checkpoint is not that of its network
     */
    static Map<Named, String> pairs(
            List<Named> parameters, List<String> names, TensorNames tensors) {
        List<Layer<String>> there = Layer.of(names, name -> name);
        List<Layer<Named>> here = Layer.of(parameters, Named::name);
        if (here.size() > there.size()) {
            here.removeIf(l -> l.byKind.values().stream().allMatch(Named::isAbsentInTorch));
        }
        if (here.size() != there.size()) {
            throw Refusal.of(
                    "weights go by order only from as many layers",
                    here.size() + " layers, from " + here.get(0).path + " on",
                    there.size() + ", from " + Printable.of(there.get(0).path) + " on",
                    FIX);
        }
        if (tensors.areSorted(names)) {
            sortByIndex(there);
        }
        Map<Named, String> pairs = new LinkedHashMap<>();
        for (int i = 0; i < here.size(); i++) {
            pair(here.get(i), there.get(i), tensors, pairs);
        }
        return pairs;
    }

    private static void pair(
            Layer<Named> here, Layer<String> there, TensorNames tensors, Map<Named, String> pairs) {
        int before = pairs.size();
        boolean isSameKind = true;
        for (Map.Entry<String, Named> own : here.byKind.entrySet()) {
            String name = there.byKind.get(own.getKey());
            if (name != null) {
                isSameKind &= tensors.hasRank(name, own.getValue().array().getShape());
                pairs.put(own.getValue(), name);
            }
        }
        if (!isSameKind || pairs.size() == before) {
            throw Refusal.of(
                    "weights go by order only between layers of the same kind",
                    here.printed(),
                    there.printed() + (isSameKind ? "" : " with other numbers of dimensions"),
                    FIX);
        }
    }

    private static void sortByIndex(List<Layer<String>> layers) {
        layers.sort(Comparator.comparing(layer -> LayerPath.of(layer.path)));
        for (int i = 1; i < layers.size(); i++) {
            String path = layers.get(i - 1).path;
            String next = layers.get(i).path;
            if (!LayerPath.of(path).partsAtIndex(LayerPath.of(next))) {
                throw Refusal.of(
                        "weights go by order only if the file keeps the network's",
                        "the order of state_dict()",
                        "the alphabet's, as of %s and %s"
                                .formatted(Printable.of(path), Printable.of(next)),
                        FIX);
            }
        }
    }
}
