package io.github.djlnorm.weights;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * From the names of a block's parameters, as {@link StateDict#of} gives them, to those of a
 * checkpoint: single names first, then the first prefix that fits; other names are the same.
 */
public final class WeightNames implements UnaryOperator<String> {

    private final Map<String, String> names;
    private final Map<String, String> prefixes;

    private WeightNames(Builder builder) {
        names = new LinkedHashMap<>(builder.names);
        prefixes = new LinkedHashMap<>(builder.prefixes);
    }

    /**
     * Translates a name.
     *
     * @param name a parameter's name, as in 01Conv2d.weight
     * @return its name in the checkpoint
     */
    @Override
    public String apply(String name) {
        if (names.containsKey(name)) {
            return names.get(name);
        }
        for (Map.Entry<String, String> prefix : prefixes.entrySet()) {
            if (prefix.getKey().isEmpty()) {
                return joined(prefix.getValue(), name);
            } else if (name.startsWith(prefix.getKey() + ".")) {
                return joined(prefix.getValue(), name.substring(prefix.getKey().length() + 1));
            }
        }
        return name;
    }

    private static String joined(String prefix, String name) {
        return prefix.isEmpty() ? name : prefix + "." + name;
    }

    /**
     * Creates a builder.
     *
     * @return a builder without any names
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects names and prefixes. */
    public static final class Builder {

        private final Map<String, String> names = new LinkedHashMap<>();
        private final Map<String, String> prefixes = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Adds a name.
         *
         * @param blockName the parameter's name in the block, as in 01Conv2d.weight
         * @param checkpointName its name in the checkpoint, as in features.0.weight
         * @return this builder
         */
        public Builder optName(String blockName, String checkpointName) {
            names.put(blockName, checkpointName);
            return this;
        }

        /**
         * Adds a prefix, which ends at a dot.
         *
         * @param blockPrefix the place in the block, as in 01Conv2d; empty for the whole block
         * @param checkpointPrefix the place in the checkpoint, as in features.0; may be empty
         * @return this builder
         */
        public Builder optPrefix(String blockPrefix, String checkpointPrefix) {
            prefixes.put(blockPrefix, checkpointPrefix);
            return this;
        }

        /**
         * Builds the names.
         *
         * @return the names
         */
        public WeightNames build() {
            return new WeightNames(this);
        }
    }
}
