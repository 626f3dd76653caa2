package io.github.djlnorm.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.util.Pair;
import io.github.djlnorm.internal.DjlFields;
import io.github.djlnorm.internal.Refusal;
import io.github.djlnorm.weights.format.WeightFiles;
import io.github.djlnorm.weights.storage.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parameters of a block by their place in it, in PyTorch's order and with PyTorch's names. */
final class BlockTensors {

    private static final Map<String, String> TORCH_NAMES =
            Map.of(
                    "gamma", "weight",
                    "beta", "bias",
                    "embedding", "weight",
                    "runningMean", "running_mean",
                    "runningVar", "running_var");

    /** Counts the batches seen; PyTorch has it wherever it has running statistics. */
    static final String BATCHES = "num_batches_tracked";

    private static final String LAST_OF_STATISTICS = "running_var";

    /** DJL's names of the parameters of recurrent layers, as in l_0_i2h_WEIGHT. */
    private static final Pattern RECURRENT =
            Pattern.compile("([lr])_(\\d+)_([ih])2h_(WEIGHT|BIAS)");

    /**
     * A parameter.
     *
     * @param name its place in the block, as in 02GroupNorm.weight
     * @param torchName the same as PyTorch names it, as in 1.weight
     * @param owner the block that it belongs to
     * @param parameter the parameter
     */
    record Named(String name, String torchName, Block owner, Parameter parameter) {

        NDArray array() {
            return parameter.getArray();
        }

        /**
         * Whether this is a scale or shift that an option leaves out, for which PyTorch has no
         * parameter. DJL's own layers have one all the same.
         */
        boolean isAbsentInTorch() {
            return (owner instanceof BatchNorm || owner instanceof LayerNorm)
                    && DjlFields.isLeftOut(owner, parameter.getType());
        }
    }

    private BlockTensors() {}

    /**
     * Lists the parameters of an initialized block.
     *
     * @throws IllegalArgumentException if it is not initialized
     */
    static List<Named> list(Block block) {
        List<Named> parameters = new ArrayList<>();
        add(block, "", "", parameters);
        for (Named named : parameters) {
            if (!named.parameter.isInitialized()) {
                throw Refusal.of(
                        "the block must be initialized",
                        "values for " + named.name,
                        "none",
                        "call initialize with its input shape");
            }
        }
        return parameters;
    }

    private static void add(
            Block block, String prefix, String torchPrefix, List<Named> parameters) {
        for (Pair<String, Parameter> direct : block.getDirectParameters()) {
            String name = torchName(direct.getKey());
            parameters.add(new Named(prefix + name, torchPrefix + name, block, direct.getValue()));
        }
        boolean isList = block instanceof SequentialBlock || block instanceof ParallelBlock;
        int index = 0;
        for (Pair<String, Block> child : block.getChildren()) {
            String name = child.getKey();
            add(
                    child.getValue(),
                    prefix + name + ".",
                    torchPrefix + (isList ? index : withoutNumber(name, index)) + ".",
                    parameters);
            index++;
        }
    }

    /** The name that a child was given, before DJL put its number in front. */
    private static String withoutNumber(String name, int index) {
        String number = String.format(Locale.ROOT, "%02d", index + 1);
        boolean isNumbered = name.startsWith(number) && name.length() > number.length();
        return isNumbered ? name.substring(number.length()) : name;
    }

    private static String torchName(String name) {
        Matcher recurrent = RECURRENT.matcher(name);
        if (recurrent.matches()) {
            return "%s_%sh_l%s%s"
                    .formatted(
                            recurrent.group(4).toLowerCase(Locale.ROOT),
                            recurrent.group(3),
                            recurrent.group(2),
                            recurrent.group(1).equals("r") ? "_reverse" : "");
        }
        return TORCH_NAMES.getOrDefault(name, name);
    }

    static Map<String, Tensor> of(Block block, UnaryOperator<String> names) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Named named : list(block)) {
            if (named.isAbsentInTorch()) {
                continue;
            }
            String name = names.apply(named.name);
            put(tensors, name, new ParameterTensor(named.parameter));
            if (name.endsWith(LAST_OF_STATISTICS)) {
                int prefix = name.length() - LAST_OF_STATISTICS.length();
                put(tensors, name.substring(0, prefix) + BATCHES, new Zero());
            }
        }
        return tensors;
    }

    private static void put(Map<String, Tensor> tensors, String name, Tensor tensor) {
        if (tensors.put(name, tensor) != null) {
            throw Refusal.of(
                    "each parameter must have a name of its own",
                    "one",
                    "two named " + name,
                    "change the names");
        }
    }

    private record ParameterTensor(Parameter parameter) implements Tensor {

        @Override
        public Shape shape() {
            return parameter.getArray().getShape();
        }

        @Override
        public DataType dataType() {
            return parameter.getArray().getDataType();
        }

        @Override
        public String storedType() {
            return WeightFiles.torchName(dataType());
        }

        @Override
        public void read(ByteBuffer target) {
            ByteBuffer values = parameter.getArray().toByteBuffer().order(ByteOrder.nativeOrder());
            if (target.order() == values.order()) {
                target.duplicate().put(values);
                return;
            }
            int size = dataType().getNumOfBytes();
            for (int i = 0; i < values.remaining(); i++) {
                int place = i % size;
                target.put(i, values.get(i - place + size - 1 - place));
            }
        }

        @Override
        public void verify() {}
    }

    /** A whole number without dimensions. */
    private record Zero() implements Tensor {

        @Override
        public Shape shape() {
            return new Shape();
        }

        @Override
        public DataType dataType() {
            return DataType.INT64;
        }

        @Override
        public String storedType() {
            return WeightFiles.torchName(dataType());
        }

        @Override
        public void read(ByteBuffer target) {
            target.putLong(0, 0);
        }

        @Override
        public void verify() {}
    }
}
