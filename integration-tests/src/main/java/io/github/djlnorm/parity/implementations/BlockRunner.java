package io.github.djlnorm.parity.implementations;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.internal.kernel.KernelChoice;
import io.github.djlnorm.parallel.Shards;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.arrays.Tensors;
import io.github.djlnorm.parity.cases.CaseData;
import io.github.djlnorm.parity.cases.Extra;
import io.github.djlnorm.parity.cases.Mode;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.cases.Running;
import io.github.djlnorm.torch.TorchFunction;
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
        return new BlockRunner("djl-norm", LibraryBlocks::of);
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
        int threads = TorchFunction.numThreads();
        JniUtils.setNumThreads(parityCase.extra() == Extra.TWO_THREADS ? 2 : threads);
        String kernel = KernelChoice.forced();
        switch (parityCase.extra()) {
            case TORCH_KERNEL -> KernelChoice.force("torch");
            case FORMULA_KERNEL -> KernelChoice.force("formula");
            default -> {}
        }
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            return run(parityCase, manager);
        } catch (RuntimeException e) {
            return Outcome.refused(e.toString());
        } finally {
            JniUtils.setNumThreads(threads);
            KernelChoice.force(kernel);
        }
    }

    private Outcome run(ParityCase parityCase, NDManager manager) {
        Shape shape = parityCase.shape();
        Layout layout = parityCase.layout();
        DataType inputType = parityCase.precision().input();
        CaseData data = new CaseData(parityCase);
        Block block = blocks.apply(parityCase);
        NDList mask = new NDList();
        if (parityCase.extra().isMasked()) {
            mask.add(mask(parityCase, manager));
        }
        Shape seen = Tensors.seen(shape, layout);
        block.initialize(manager, parityCase.precision().parameters(), seen);
        if (parityCase.affine().scale()) {
            set(block, "gamma", data.gamma());
        }
        if (parityCase.affine().shift()) {
            set(block, "beta", data.beta());
        }
        if (parityCase.running().given()) {
            set(block, "runningMean", data.runningMean());
            set(block, "runningVar", data.runningVar());
        }
        if (parityCase.running() == Running.FROZEN) {
            block.freezeParameters(true);
        }
        boolean onlyGamma = parityCase.extra() == Extra.GAMMA_RECORDED;
        if (onlyGamma) {
            block.freezeParameters(true, parameter -> parameter.getName().equals("beta"));
        }
        Forward forward = forward(block, parityCase, new ParameterStore(manager, false));
        List<Boolean> passes = parityCase.passes();
        int last = passes.size() - 1;
        for (int pass = 0; pass < last; pass++) {
            NDArray x = Tensors.create(manager, data.x(pass), shape, inputType, layout);
            forward.run(new NDList(x).addAll(mask), passes.get(pass));
        }
        NDArray x = Tensors.create(manager, data.x(last), shape, inputType, layout);
        if (parityCase.mode() == Mode.INFER) {
            NDArray y = Autograd.without(() -> forward.run(new NDList(x).addAll(mask), false));
            if (!isAlike(y, x)) {
                return unlike(y, x);
            }
            return Outcome.of(Map.of(Quantity.Y, Tensors.values(y, shape, layout)));
        }
        x.setRequiresGradient(!onlyGamma);
        NDArray dy = Tensors.create(manager, data.dy(), shape, inputType, layout);
        NDArray y =
                Autograd.run(
                        () -> forward.run(new NDList(x).addAll(mask), passes.get(last)),
                        output -> dy);
        if (!isAlike(y, x)) {
            return unlike(y, x);
        }
        Map<Quantity, double[]> values = new EnumMap<>(Quantity.class);
        values.put(Quantity.Y, Tensors.values(y, shape, layout));
        if (parityCase.has(Quantity.DX)) {
            values.put(Quantity.DX, Tensors.values(x.getGradient(), shape, layout));
        }
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

    /** A forward pass. */
    private interface Forward {
        NDArray run(NDList inputs, boolean training);
    }

    private static Forward forward(Block block, ParityCase parityCase, ParameterStore store) {
        if (parityCase.extra() != Extra.SHARDS) {
            return (inputs, training) -> block.forward(store, inputs, training).singletonOrThrow();
        }
        int cut = (parityCase.instances() + 2) / 3;
        return (inputs, training) -> {
            NDArray x = inputs.singletonOrThrow();
            List<NDList> shards =
                    List.of(
                            new NDList(x.get(new NDIndex(":" + cut))),
                            new NDList(x.get(new NDIndex(cut + ":"))));
            List<NDList> ys =
                    Shards.forward(shards, shard -> block.forward(store, shard, training));
            return ys.get(0).head().concat(ys.get(1).head());
        };
    }

    private static NDArray mask(ParityCase c, NDManager manager) {
        Shape positions = c.shape().slice(2);
        Shape shape =
                c.layout() == Layout.UNBATCHED
                        ? positions
                        : new Shape(c.instances()).addAll(positions);
        return Tensors.create(manager, new CaseData(c).mask(), shape, DataType.FLOAT32);
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
