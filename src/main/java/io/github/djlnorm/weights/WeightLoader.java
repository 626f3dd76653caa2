package io.github.djlnorm.weights;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.github.djlnorm.internal.Refusal;
import io.github.djlnorm.torch.TorchFunction;
import io.github.djlnorm.weights.BlockTensors.Named;
import io.github.djlnorm.weights.storage.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Puts the tensors of a state dict into the parameters of a block.
 *
 * <pre>{@code
 * try (StateDict checkpoint = StateDict.read(Path.of("net.pth"))) {
 *     WeightLoader.builder().optOrder(true).build().load(checkpoint, net);
 * }
 * }</pre>
 *
 * <p>PyTorch's weight and bias are gamma and beta of a norm, embedding of an embedding, and weight
 * and bias of other layers; running_mean and running_var are runningMean and runningVar;
 * num_batches_tracked is not used. Layouts are the same in both: (out, in / groups, kernel) for
 * convolutions, (in, out / groups, kernel) for transposed ones, (out, in) for linear layers.
 *
 * <p>A parameter gets its tensor by name: by the one that {@link Builder#optNames} says, or else by
 * its name in the block, as in {@code 01Conv2d.weight}, or the one that PyTorch would give it, as
 * in {@code 0.weight}: the children of a SequentialBlock or ParallelBlock have their index, from 0
 * on, as those of nn.Sequential and nn.ModuleList, and other children the name that they were
 * given. A prefix that all tensors of the file have is left out, and so are {@code module.}, {@code
 * model.}, {@code backbone.} and {@code net.} if a tensor of the right shape is then there for each
 * parameter; {@code _orig_mod.} is left out anywhere. By their order, tensors are taken only if
 * {@link Builder#optOrder} asks for it. A layer without a scale or shift has no such parameter, as
 * PyTorch's with {@code affine=False}, and a checkpoint that has one is unexpected, as it is to
 * PyTorch's strict {@code load_state_dict}. DJL's own layers keep theirs at one or zero; those may
 * be absent from the checkpoint.
 *
 * <p>All is checked, and every tensor is read once, before the block is changed. What is wrong is
 * told at once, and the block is as it was.
 */
public final class WeightLoader {

    private static final String COPY =
            """
            def forward(self, target: Tensor, values: Tensor) -> Tensor:
              return torch.copy_(target, values)
            """;

    private final Optional<UnaryOperator<String>> names;
    private final boolean order;
    private final boolean strict;
    private final boolean convertTypes;

    private WeightLoader(Builder builder) {
        names = builder.names;
        order = builder.order;
        strict = builder.strict;
        convertTypes = builder.convertTypes;
    }

    /**
     * Loads a state dict into a block.
     *
     * @param stateDict the state dict
     * @param block an initialized block
     * @return what got a value, and under which name
     * @throws IllegalArgumentException if the block is not initialized; if the loader is strict and
     *     something is missing, unexpected, or of another shape or type; if order is asked for and
     *     cannot tell what belongs together. The block is as it was
     * @throws IOException if the tensors cannot be read. The block is as it was, unless the file
     *     was changed meanwhile
     */
    public LoadReport load(StateDict stateDict, Block block) throws IOException {
        List<Named> parameters = BlockTensors.list(block);
        Map<Named, String> pairs = pairs(parameters, new TensorNames(stateDict));
        LoadReport report = report(parameters, stateDict, pairs);
        if (strict && !report.isComplete()) {
            throw Refusal.of(
                    "the checkpoint must fit the block",
                    "a tensor for each parameter",
                    report.problems(),
                    "map the names with optNames or optOrder, convert types with"
                            + " optConvertTypes(true), or load what fits with optStrict(false)"
                            + cure(stateDict, pairs.values()));
        }
        Map<String, Tensor> tensors = stateDict.tensors();
        try (NDManager scratch = NDManager.newBaseManager(Device.cpu())) {
            for (String name : report.names().values()) {
                tensors.get(name).verify();
            }
            for (Named parameter : parameters) {
                String name = report.names().get(parameter.name());
                if (name != null) {
                    copy(tensors.get(name), parameter.array(), scratch);
                }
            }
        }
        return report;
    }

    private static String cure(StateDict stateDict, Collection<String> wanted) {
        boolean isOneRefused = wanted.stream().anyMatch(stateDict.refused()::containsKey);
        return isOneRefused ? "; for tensors that DJL cannot have, " + stateDict.cure() : "";
    }

    private Map<Named, String> pairs(List<Named> parameters, TensorNames tensors) {
        Map<Named, String> pairs = new LinkedHashMap<>(byName(parameters, tensors));
        if (order) {
            List<Named> unpaired = new ArrayList<>(parameters);
            unpaired.removeAll(pairs.keySet());
            List<String> left = new ArrayList<>(tensors.all());
            left.removeAll(pairs.values());
            boolean isNeeded = !unpaired.stream().allMatch(Named::isAbsentInTorch);
            if (isNeeded && !left.isEmpty()) {
                pairs.putAll(LayerOrder.pairs(unpaired, left, tensors));
            }
        }
        return pairs;
    }

    private Map<Named, String> byName(List<Named> parameters, TensorNames tensors) {
        if (names.isPresent() || order) {
            Map<Named, String> whole =
                    names.isPresent() ? Map.of() : new NameMatcher(parameters, tensors).whole();
            return whole.isEmpty() ? byGivenName(parameters, tensors) : whole;
        }
        NameMatcher matcher = new NameMatcher(parameters, tensors);
        return strict ? matcher.most() : matcher.sure();
    }

    private Map<Named, String> byGivenName(List<Named> parameters, TensorNames tensors) {
        Map<Named, String> pairs = new LinkedHashMap<>();
        for (Named parameter : parameters) {
            String name = names.orElse(UnaryOperator.identity()).apply(parameter.name());
            if (tensors.all().contains(name)) {
                pairs.put(parameter, name);
            }
        }
        return pairs;
    }

    private LoadReport report(
            List<Named> parameters, StateDict stateDict, Map<Named, String> pairs) {
        Map<String, String> loaded = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        List<String> unfit = new ArrayList<>();
        Set<String> unexpected = new LinkedHashSet<>(new TensorNames(stateDict).all());
        for (Named parameter : parameters) {
            String name = pairs.get(parameter);
            if (name == null) {
                if (!parameter.isAbsentInTorch()) {
                    missing.add(parameter.name());
                }
                continue;
            }
            unexpected.remove(name);
            String mismatch = mismatch(parameter, name, stateDict);
            if (mismatch == null) {
                loaded.put(parameter.name(), name);
            } else {
                unfit.add(mismatch);
            }
        }
        return new LoadReport(loaded, missing, List.copyOf(unexpected), unfit);
    }

    private String mismatch(Named parameter, String name, StateDict stateDict) {
        if (stateDict.refused().containsKey(name)) {
            return "%s for %s: %s".formatted(name, parameter.name(), stateDict.refused().get(name));
        }
        Tensor tensor = stateDict.tensors().get(name);
        NDArray array = parameter.array();
        boolean typeFits = convertTypes || tensor.dataType() == array.getDataType();
        if (tensor.shape().equals(array.getShape()) && typeFits) {
            return null;
        }
        return "%s %s %s for %s %s %s"
                .formatted(
                        name,
                        tensor.dataType(),
                        tensor.shape(),
                        parameter.name(),
                        array.getDataType(),
                        array.getShape());
    }

    private static void copy(Tensor tensor, NDArray target, NDManager scratch) throws IOException {
        try (NDArray values = StateDict.array(tensor, scratch);
                NDArray converted = values.toType(target.getDataType(), false)) {
            if (!TorchFunction.takes(target)) {
                converted.copyTo(target);
                return;
            }
            // DJL's copyTo would exchange the memory, and its format with it.
            try (NDArray memory = target.stopGradient()) {
                TorchFunction.of(COPY, Map.of()).call(memory, converted).close();
            }
        }
    }

    /**
     * Creates a builder.
     *
     * @return a builder with the defaults
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the options of a loader. */
    public static final class Builder {

        private Optional<UnaryOperator<String>> names = Optional.empty();
        private boolean order;
        private boolean strict = true;
        private boolean convertTypes;

        private Builder() {}

        /**
         * Sets how a parameter is named in the checkpoint. Defaults to its name in the block or in
         * PyTorch, as told above.
         *
         * @param names from the names of {@link StateDict#of} to the checkpoint's, such as {@link
         *     WeightNames}
         * @return this builder
         */
        public Builder optNames(UnaryOperator<String> names) {
            this.names = Optional.of(names);
            return this;
        }

        /**
         * Sets whether parameters without a tensor of their name get, layer by layer in their
         * order, the tensors without a parameter of their name. Defaults to false. There must be as
         * many layers, and each must have tensors of the same kinds (weight, bias ...) and numbers
         * of dimensions as the one in the block; nothing is ever paired across layers. If the file
         * has its tensors by the alphabet, as safetensors of Python have, layers go by the indices
         * in their paths, and if these do not tell, loading is refused.
         *
         * @param order true to go by order
         * @return this builder
         */
        public Builder optOrder(boolean order) {
            this.order = order;
            return this;
        }

        /**
         * Sets whether all must fit. Defaults to true.
         *
         * @param strict false to load what fits and report the rest
         * @return this builder
         */
        public Builder optStrict(boolean strict) {
            this.strict = strict;
            return this;
        }

        /**
         * Sets whether values are converted to the type of their parameter. Defaults to false:
         * another type does not fit. float16 to float32 is exact, the other way round is not.
         *
         * @param convertTypes true to convert
         * @return this builder
         */
        public Builder optConvertTypes(boolean convertTypes) {
            this.convertTypes = convertTypes;
            return this;
        }

        /**
         * Builds the loader.
         *
         * @return the loader
         */
        public WeightLoader build() {
            return new WeightLoader(this);
        }
    }
}
