package io.github.djlnorm.parity;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.python.ModuleCall;
import io.github.djlnorm.parity.python.ModuleResult;
import io.github.djlnorm.parity.python.PyTorch;
import io.github.djlnorm.parity.verdict.Judge;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Compares any DJL block with the PyTorch module that it should equal, for tests:
 *
 * <pre>{@code
 * try (PyTorch torch = PyTorch.ofLocalPython("python3")) {
 *     BlockParity.of(GroupNorm.builder().setNumGroups(4).build())
 *             .input(new Shape(2, 12, 5, 7))
 *             .check(torch, "nn.GroupNorm(4, 12)");
 * }
 * }</pre>
 *
 * <p>Compared are all outputs with their shapes, the gradients of the inputs and of all that is
 * trained, and all parameters and buffers after the call, for each call in turn. What only one of
 * the two has is an error, unless it is {@linkplain #leaveOut left out} by name; PyTorch's
 * integers, such as num_batches_tracked, are left out always.
 *
 * <p>The module runs twice, in the block's precision and in double precision; the second run is
 * taken as exact, and the block may be as far from it as the first run is, and {@value Judge#SLACK}
 * ULP. ULP are those of the largest magnitude in the instance, or in the parameter. If the two runs
 * are more than {@value Judge#CAP} ULP apart they are no measure, and the comparison fails: the
 * module draws random numbers (dropout in training), or its input is too hard for it.
 *
 * <p>A block that is not initialized is initialized with the first inputs, and its trained
 * parameters are filled with random values. The module starts from the block's parameters. Those of
 * a single layer have the names that PyTorch uses for it; those of a block with children are
 * matched in order, unless {@link #parameter} or {@link #names} says otherwise.
 */
public final class BlockParity {

    private final Block block;
    private final ParameterNames names = new ParameterNames();
    private final Set<String> leftOut = new HashSet<>();
    private final List<List<BlockInput>> calls = new ArrayList<>();
    private DataType type = DataType.FLOAT32;
    private boolean training = true;
    private boolean gradients = true;
    private double slack = Judge.SLACK;
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
     * Adds a call with one input of random values; there has to be one call at least.
     *
     * @param shape its shape, the batch first
     * @return this comparison
     */
    public BlockParity input(Shape shape) {
        return inputs(BlockInput.values(shape));
    }

    /**
     * Adds a call with several inputs, or with integers.
     *
     * @param inputs the inputs
     * @return this comparison
     */
    public BlockParity inputs(BlockInput... inputs) {
        calls.add(List.of(inputs));
        return this;
    }

    /**
     * Sets the type of inputs and parameters: FLOAT32 (the default), FLOAT64 or FLOAT16.
     *
     * @param newType the type
     * @return this comparison
     * @throws IllegalArgumentException if it is another type
     */
    public BlockParity type(DataType newType) {
        if (!List.of(DataType.FLOAT32, DataType.FLOAT64, DataType.FLOAT16).contains(newType)) {
            throw new IllegalArgumentException(
                    "a comparison has a type: expected FLOAT32, FLOAT64 or FLOAT16, got "
                            + newType);
        }
        type = newType;
        return this;
    }

    /**
     * Says what a parameter is called in PyTorch.
     *
     * @param parameter the name in {@code block.getParameters()}, such as 01Conv2d_weight
     * @param torchName the name in the module's state_dict(), such as 0.weight
     * @return this comparison
     */
    public BlockParity parameter(String parameter, String torchName) {
        names.give(parameter, torchName);
        return this;
    }

    /**
     * Says what the parameters are called in PyTorch, such as {@code report::checkpointName} of the
     * library's WeightLoader.
     *
     * @param torchNames gives the name in the module's state_dict() for a name in {@code
     *     block.getParameters()}, or null to leave it to the order
     * @return this comparison
     */
    public BlockParity names(UnaryOperator<String> torchNames) {
        names.give(torchNames);
        return this;
    }

    /**
     * Leaves a parameter or buffer out that only the module has. It keeps the value it is built
     * with.
     *
     * @param torchName the name in the module's state_dict()
     * @return this comparison
     */
    public BlockParity leaveOut(String torchName) {
        leftOut.add(torchName);
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
     * Compares outputs and state only, with nothing recorded by autograd: as in inference, where
     * other kernels may run, and for blocks that nothing is differentiated through.
     *
     * @return this comparison
     */
    public BlockParity withoutGradients() {
        gradients = false;
        return this;
    }

    /**
     * Sets by how many ULP the block may be further from the exact values than PyTorch is. A
     * network of many layers needs more than a layer does, since each rounds what the next works
     * on: in float64, where nothing tells PyTorch's own error, a thousand. Defaults to {@value
     * Judge#SLACK}.
     *
     * @param ulp the number, 0 or more
     * @return this comparison
     * @throws IllegalArgumentException if it is negative or no number
     */
    public BlockParity allowing(double ulp) {
        if (!(ulp >= 0)) {
            throw new IllegalArgumentException(
                    "an allowed error is a number of ULP: expected 0 or more, got " + ulp);
        }
        slack = ulp;
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
     * @throws IllegalArgumentException if there is no input, the module lacks one of the block's
     *     parameters, or PyTorch refuses the module or its input
     */
    public void check(PyTorch torch, String module) {
        if (calls.isEmpty()) {
            throw new IllegalArgumentException(
                    "a comparison needs an input: expected 1 or more, got 0; call input(shape)");
        }
        List<BlockCall> made = new ArrayList<>();
        Random random = new Random(seed);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            if (!block.isInitialized()) {
                BlockRun.initialize(block, type, calls.get(0), manager, random);
            }
            Map<String, Parameter> parameters =
                    names.resolve(
                            block,
                            () -> run(torch, module, List.of(built(module))).get(0),
                            leftOut);
            BlockRun run = new BlockRun(block, parameters, type, training);
            for (List<BlockInput> inputs : calls) {
                made.add(run.call(inputs, gradients, random, manager));
            }
        }
        List<ModuleResult> theirs =
                run(
                        torch,
                        module,
                        made.stream()
                                .flatMap(
                                        call ->
                                                Stream.of(type, DataType.FLOAT64)
                                                        .map(
                                                                t ->
                                                                        call.ofModule(
                                                                                definitions,
                                                                                module,
                                                                                t,
                                                                                training)))
                                .toList());
        List<String> complaints = new ArrayList<>();
        for (int i = 0; i < made.size(); i++) {
            BlockCall call = made.get(i);
            new ModuleComparison(
                            call.ours(), theirs.get(2 * i), theirs.get(2 * i + 1), leftOut, slack)
                    .complaints()
                    .forEach(complaint -> complaints.add(complaint + ", input " + call.shapes()));
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

    private static List<ModuleResult> run(PyTorch torch, String module, List<ModuleCall> calls) {
        List<ModuleResult> results = torch.run(calls);
        for (ModuleResult result : results) {
            if (result.isRefused()) {
                throw new IllegalArgumentException(
                        "PyTorch refuses " + module + ": " + result.refusal());
            }
        }
        return results;
    }

    /** A call that only builds the module and tells its state. */
    private ModuleCall built(String module) {
        return new ModuleCall(
                definitions, module, List.of(), type, Layout.CONTIGUOUS, List.of(), Map.of());
    }
}
