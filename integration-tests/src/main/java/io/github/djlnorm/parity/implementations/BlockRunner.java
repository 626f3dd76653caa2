package io.github.djlnorm.parity.implementations;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.arrays.Tensors;
import io.github.djlnorm.parity.cases.CaseData;
import io.github.djlnorm.parity.cases.Mode;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.cases.Running;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What is judged: a DJL block, initialized, called and differentiated as DJL's training does it.
 * Its parameters are named as DJL's BatchNorm names them.
 */
public final class BlockRunner implements Implementation {

    private final String name;
    private final Function<ParityCase, Block> blocks;

    public BlockRunner(String name, Function<ParityCase, Block> blocks) {
        this.name = name;
        this.blocks = blocks;
    }

    /** The library's layers. */
    public static BlockRunner ofLibrary() {
        return new BlockRunner("djl-norm", c -> c.layer().block(c));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Outcome> run(List<ParityCase> cases) {
        return cases.stream().map(this::run).toList();
    }

    private Outcome run(ParityCase parityCase) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            return run(parityCase, manager);
        } catch (RuntimeException e) {
            return Outcome.refused(e.toString());
        }
    }

    private Outcome run(ParityCase parityCase, NDManager manager) {
        Shape shape = parityCase.shape();
        Layout layout = parityCase.layout();
        DataType inputType = parityCase.precision().input();
        CaseData data = new CaseData(parityCase);
        Block block = blocks.apply(parityCase);
        block.initialize(manager, parityCase.precision().parameters(), Tensors.seen(shape, layout));
        if (parityCase.affine().scale()) {
            set(block, "gamma", data.gamma());
        }
        if (parityCase.affine().shift()) {
            set(block, "beta", data.beta());
        }
        if (parityCase.running() == Running.GIVEN) {
            set(block, "runningMean", data.runningMean());
            set(block, "runningVar", data.runningVar());
        }
        ParameterStore store = new ParameterStore(manager, false);
        List<Boolean> passes = parityCase.passes();
        int last = passes.size() - 1;
        for (int pass = 0; pass < last; pass++) {
            NDArray x = Tensors.create(manager, data.x(pass), shape, inputType, layout);
            block.forward(store, new NDList(x), passes.get(pass));
        }
        NDArray x = Tensors.create(manager, data.x(last), shape, inputType, layout);
        if (parityCase.mode() == Mode.INFER) {
            NDArray y =
                    Autograd.without(
                            () -> block.forward(store, new NDList(x), false).singletonOrThrow());
            if (!isAlike(y, x)) {
                return unlike(y, x);
            }
            return Outcome.of(Map.of(Quantity.Y, Tensors.values(y, shape, layout)));
        }
        x.setRequiresGradient(true);
        NDArray dy = Tensors.create(manager, data.dy(), shape, inputType, layout);
        NDArray y =
                Autograd.run(
                        () ->
                                block.forward(store, new NDList(x), passes.get(last))
                                        .singletonOrThrow(),
                        output -> dy);
        if (!isAlike(y, x)) {
            return unlike(y, x);
        }
        Map<Quantity, double[]> values = new EnumMap<>(Quantity.class);
        values.put(Quantity.Y, Tensors.values(y, shape, layout));
        values.put(Quantity.DX, Tensors.values(x.getGradient(), shape, layout));
        if (parityCase.has(Quantity.DGAMMA)) {
            values.put(Quantity.DGAMMA, Tensors.values(array(block, "gamma").getGradient()));
        }
        if (parityCase.has(Quantity.DBETA)) {
            values.put(Quantity.DBETA, Tensors.values(array(block, "beta").getGradient()));
        }
        if (parityCase.running().tracked()) {
            values.put(Quantity.RUNNING_MEAN, Tensors.values(array(block, "runningMean")));
            values.put(Quantity.RUNNING_VAR, Tensors.values(array(block, "runningVar")));
        }
        return Outcome.of(values);
    }

    private static boolean isAlike(NDArray y, NDArray x) {
        return y.getDataType() == x.getDataType() && y.getShape().equals(x.getShape());
    }

    private static Outcome unlike(NDArray y, NDArray x) {
        return Outcome.refused(
                "the output is %s %s, not %s %s"
                        .formatted(y.getDataType(), y.getShape(), x.getDataType(), x.getShape()));
    }

    private static NDArray array(Block block, String parameter) {
        return block.getParameters().get(parameter).getArray();
    }

    private static void set(Block block, String parameter, double[] values) {
        NDArray array = array(block, parameter);
        try (NDArray given =
                Tensors.create(array.getManager(), values, array.getShape(), array.getDataType())) {
            given.copyTo(array);
        }
    }
}
