package io.github.djlnorm.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.arrays.Tensors;
import io.github.djlnorm.parity.implementations.Autograd;
import io.github.djlnorm.parity.python.ModuleCall;
import io.github.djlnorm.parity.python.ModuleResult;
import io.github.djlnorm.parity.python.PyTorch;
import io.github.djlnorm.parity.verdict.Judge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Compares any DJL block with the PyTorch module that it should equal, for tests:
 *
 * <pre>{@code
 * try (PyTorch torch = PyTorch.inContainer(PyTorch.PUBLIC_IMAGE)) {
 *     BlockParity.of(GroupNorm.builder().setNumGroups(4).build())
 *             .input(new Shape(2, 12, 5, 7))
 *             .check(torch, "nn.GroupNorm(4, 12)");
 * }
 * }</pre>
 *
 * <p>Output, input gradient, the gradients of the trained parameters and the values of the
 * untrained ones after the call are compared, for each input in turn. The module runs twice, in
 * single and in double precision; the second run is taken as exact, and the block may be as far
 * from it as the first run is, and {@value Judge#SLACK} ULP. ULP are those of the largest magnitude
 * in the instance, or in the parameter.
 *
 * <p>A block that is not initialized is initialized with the first input, and its trained
 * parameters are filled with random values. The module starts from the block's parameters.
 */
public final class BlockParity {

    private static final Map<String, String> USUAL_NAMES =
            Map.of(
                    "gamma", "weight",
                    "beta", "bias",
                    "weight", "weight",
                    "bias", "bias",
                    "runningMean", "running_mean",
                    "runningVar", "running_var");

    private final Block block;
    private final Map<String, String> names = new HashMap<>(USUAL_NAMES);
    private final List<Shape> inputs = new ArrayList<>();
    private boolean training = true;
    private long seed;
    private String definitions = "";

    private BlockParity(Block block) {
        this.block = block;
    }

    /**
     * Starts a comparison.
     *
     * @param block the block to compare
     * @return the comparison
     */
    public static BlockParity of(Block block) {
        return new BlockParity(block);
    }

    /**
     * Adds an input of random values; there has to be one at least.
     *
     * @param shape its shape, the batch first
     * @return this comparison
     */
    public BlockParity input(Shape shape) {
        inputs.add(shape);
        return this;
    }

    /**
     * Says what a parameter is called in PyTorch. The parameters of DJL's and this library's single
     * layers need not be named; those of a block with children do.
     *
     * @param parameter the name in {@code block.getParameters()}, such as 01Conv2d_weight
     * @param torchName the name in the module's state_dict(), such as 0.weight
     * @return this comparison
     */
    public BlockParity parameter(String parameter, String torchName) {
        names.put(parameter, torchName);
        return this;
    }

    /**
     * Compares in evaluation; by default it is training.
     *
     * @return this comparison
     */
    public BlockParity evaluating() {
        training = false;
        return this;
    }

    /**
     * Sets the seed of all random values. Defaults to 0.
     *
     * @param seed the seed
     * @return this comparison
     */
    public BlockParity seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * Adds Python statements in front of the module's expression, such as the class of a module
     * that torch.nn does not have.
     *
     * @param statements the statements, in which torch and nn are known
     * @return this comparison
     */
    public BlockParity define(String statements) {
        definitions += statements + "\n";
        return this;
    }

    /**
     * Compares.
     *
     * @param torch PyTorch
     * @param module the Python expression that builds the module, in which torch, nn and what was
     *     {@link #define}d are known
     * @throws AssertionError if the block deviates; the message says in which quantities, where and
     *     by how much
     * @throws IllegalArgumentException if there is no input, a parameter has no PyTorch name, or
     *     PyTorch refuses the module or its input
     */
    public void check(PyTorch torch, String module) {
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException(
                    "a comparison needs an input: expected 1 or more, got 0; call input(shape)");
        }
        List<String> complaints = new ArrayList<>();
        Random random = new Random(seed);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            if (!block.isInitialized()) {
                block.initialize(manager, DataType.FLOAT32, inputs.get(0));
                for (Pair<String, Parameter> pair : block.getParameters()) {
                    if (pair.getValue().requiresGradient()) {
                        RandomArrays.randomize(pair.getValue().getArray(), random);
                    }
                }
            }
            for (Shape shape : inputs) {
                complaints.addAll(check(torch, module, shape, random, manager));
            }
        }
        if (!complaints.isEmpty()) {
            throw new AssertionError(
                    block.getClass().getSimpleName()
                            + " does not equal "
                            + module
                            + ":\n  "
                            + String.join("\n  ", complaints));
        }
    }

    private List<String> check(
            PyTorch torch, String module, Shape shape, Random random, NDManager manager) {
        Map<String, double[]> sent = new HashMap<>();
        for (Pair<String, Parameter> pair : block.getParameters()) {
            sent.put("state/" + torchName(pair), Tensors.values(pair.getValue().getArray()));
        }
        double[] x = RandomArrays.normal(Math.toIntExact(shape.size()), random);
        sent.put("x0", x);
        Map<String, BlockResult> ours = run(x, shape, random, manager, sent);
        List<ModuleResult> theirs =
                torch.run(
                        List.of(
                                call(module, DataType.FLOAT32, shape, sent),
                                call(module, DataType.FLOAT64, shape, sent)));
        for (ModuleResult result : theirs) {
            if (result.isRefused()) {
                throw new IllegalArgumentException(
                        "PyTorch refuses " + module + " on " + shape + ": " + result.refusal());
            }
        }
        List<String> complaints = new ArrayList<>();
        ours.forEach(
                (name, result) -> {
                    String complaint =
                            result.complaint(
                                    name,
                                    theirs.get(0).arrays().get(name),
                                    theirs.get(1).arrays().get(name));
                    if (complaint != null) {
                        complaints.add(complaint + ", input " + shape);
                    }
                });
        return complaints;
    }

    private ModuleCall call(
            String module, DataType type, Shape shape, Map<String, double[]> arrays) {
        return new ModuleCall(
                definitions,
                module,
                type,
                type,
                Layout.CONTIGUOUS,
                shape,
                List.of(training),
                arrays);
    }

    /** Runs the block, and adds the gradient that it was given to what PyTorch is sent. */
    private Map<String, BlockResult> run(
            double[] values,
            Shape shape,
            Random random,
            NDManager manager,
            Map<String, double[]> sent) {
        Map<String, BlockResult> results = new LinkedHashMap<>();
        try (NDManager scratch = manager.newSubManager()) {
            ParameterStore store = new ParameterStore(scratch, false);
            NDArray x = Tensors.create(scratch, values, shape, DataType.FLOAT32);
            x.setRequiresGradient(true);
            for (Pair<String, Parameter> pair : block.getParameters()) {
                clearGradient(pair.getValue().getArray());
            }
            NDArray y =
                    Autograd.run(
                            () -> block.forward(store, new NDList(x), training).singletonOrThrow(),
                            output -> {
                                sent.put(
                                        "dy",
                                        RandomArrays.normal(
                                                Math.toIntExact(output.size()), random));
                                return Tensors.create(
                                        scratch,
                                        sent.get("dy"),
                                        output.getShape(),
                                        DataType.FLOAT32);
                            });
            results.put("y", BlockResult.of("y", y));
            results.put("dx", BlockResult.of("dx", x.getGradient()));
            for (Pair<String, Parameter> pair : block.getParameters()) {
                NDArray array = pair.getValue().getArray();
                String name = torchName(pair);
                if (array.hasGradient()) {
                    results.put(
                            "grad/" + name,
                            BlockResult.of("gradient of " + pair.getKey(), array.getGradient()));
                } else {
                    results.put("state/" + name, BlockResult.of(pair.getKey(), array));
                }
            }
        }
        return results;
    }

    private static void clearGradient(NDArray array) {
        if (array.hasGradient()) {
            try (NDArray gradient = array.getGradient()) {
                gradient.subi(gradient);
            }
        }
    }

    private String torchName(Pair<String, Parameter> pair) {
        String name = names.get(pair.getKey());
        if (name == null) {
            throw new IllegalArgumentException(
                    "every parameter needs a PyTorch name: expected one for "
                            + pair.getKey()
                            + ", got names for "
                            + names.keySet()
                            + "; call parameter(\""
                            + pair.getKey()
                            + "\", name)");
        }
        return name;
    }
}
