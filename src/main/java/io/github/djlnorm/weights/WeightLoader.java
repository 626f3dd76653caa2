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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * <p>A parameter gets its tensor by name, translated if {@link Builder#optNames} says how. Where
 * that leaves parameters without one, the names are tried that PyTorch gives to the same structure,
 * 0.weight for 01Conv2d.weight, and a prefix such as {@code module.}; these count only if all
 * parameters then have a tensor of their shape. With {@link Builder#optOrder} layers get the
 * tensors of layers in their order. A layer without a scale or shift has no such parameter, as
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

    private final UnaryOperator<String> names;
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
     *     something is missing, unexpected, or of another shape or type. The block is as it was
     * @throws IOException if the tensors cannot be read. The block is as it was, unless the file
     *     was changed meanwhile
     */
    public LoadReport load(StateDict stateDict, Block block) throws IOException {
        List<Named> parameters = BlockTensors.list(block);
        Map<Named, String> pairs = Matching.of(parameters, stateDict, names, order);
        Map<Named, String> fitting = new LinkedHashMap<>();
        LoadReport report = report(parameters, stateDict, pairs, fitting);
        if (strict && !report.isComplete()) {
            throw Refusal.of(
                    "the checkpoint must fit the block",
                    "a tensor for each parameter",
                    report.problems(),
                    "map the names with optNames or optOrder, or load what fits with optStrict(false)");
        }
        try (NDManager scratch = NDManager.newBaseManager(Device.cpu())) {
            for (String name : fitting.values()) {
                stateDict.tensors().get(name).verify();
            }
            for (Map.Entry<Named, String> pair : fitting.entrySet()) {
                copy(stateDict.tensors().get(pair.getValue()), pair.getKey().array(), scratch);
            }
        }
        return report;
    }

    private LoadReport report(
            List<Named> parameters,
            StateDict stateDict,
            Map<Named, String> pairs,
            Map<Named, String> fitting) {
        Map<String, String> loaded = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        List<String> unfit = new ArrayList<>();
        Set<String> unexpected = Matching.usable(stateDict);
        for (Named parameter : parameters) {
            String name = pairs.get(parameter);
            if (name == null) {
                if (!parameter.isAbsentInTorch()) {
                    missing.add(parameter.name());
                }
                continue;
            }
            unexpected.remove(name);
            String mismatch = mismatch(parameter, name, stateDict.tensors().get(name));
            if (mismatch == null) {
                loaded.put(parameter.name(), name);
                fitting.put(parameter, name);
            } else {
                unfit.add(mismatch);
            }
        }
        return new LoadReport(loaded, missing, List.copyOf(unexpected), unfit);
    }

    private String mismatch(Named parameter, String name, Tensor tensor) {
        NDArray array = parameter.array();
        boolean typeFits = convertTypes || tensor.dataType() == array.getDataType();
        // By order, only the kinds tell whether the place is right.
        boolean nameFits =
                name.equals(names.apply(parameter.name()))
                        || Matching.lastPart(name).equals(Matching.lastPart(parameter.name()));
        if (tensor.shape().equals(array.getShape()) && typeFits && nameFits) {
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

        private UnaryOperator<String> names = UnaryOperator.identity();
        private boolean order;
        private boolean strict = true;
        private boolean convertTypes;

        private Builder() {}

        /**
         * Sets how a parameter is named in the checkpoint. Defaults to its name in the block.
         *
         * @param names from the names of {@link StateDict#of} to the checkpoint's, such as {@link
         *     WeightNames}
         * @return this builder
         */
        public Builder optNames(UnaryOperator<String> names) {
            this.names = names;
            return this;
        }

        /**
         * Sets whether layers without tensors of their names get, in their order, those of layers
         * without parameters of theirs. Defaults to false. Block and module must be built in the
         * same order and have as many layers; the last part of each name, weight or bias, and all
         * shapes must agree. A safetensors file that is sorted by name has lost the order, unless
         * its layers are numbered.
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
