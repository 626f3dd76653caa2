package io.github.djlnorm.parity.implementations;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.ChannelLayerNorm;
import io.github.djlnorm.FrozenBatchNorm;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.RMSNorm;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.arrays.Tensors;
import io.github.djlnorm.parity.python.ModuleCall;
import io.github.djlnorm.parity.python.ModuleInput;
import io.github.djlnorm.parity.python.ModuleResult;
import io.github.djlnorm.parity.python.PyTorch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A configuration at the border of what is allowed: what PyTorch rejects we reject, with an {@link
 * IllegalArgumentException}, and what it accepts there we accept.
 *
 * @param name what it is
 * @param rejected whether it is to be rejected
 * @param torchWrongly whether PyTorch is known to do the opposite
 * @param block builds our layer
 * @param initial the shape it is initialized with
 * @param input the shape it is called with
 * @param type the type it is called with
 * @param training whether it is called in training
 * @param module PyTorch's layer
 */
public record BorderlineConfiguration(
        String name,
        boolean rejected,
        boolean torchWrongly,
        Supplier<Block> block,
        Shape initial,
        Shape input,
        DataType type,
        boolean training,
        String module) {

    private static final String ACCEPTED = "accepted";
    private static final Shape PLAIN = new Shape(2, 12, 5, 7);

    /** What the two did. */
    public record Answer(
            BorderlineConfiguration configuration, String ours, String theirs, boolean passed) {}

    static List<BorderlineConfiguration> all() {
        return List.of(
                of("5 groups of 12 channels", groups(5), PLAIN, "nn.GroupNorm(5, 12)"),
                of("no groups", groups(0), PLAIN, "nn.GroupNorm(0, 12)"),
                of("group-norm of rank 1", groups(4), new Shape(12), "nn.GroupNorm(4, 12)"),
                of(
                        "instance-norm of rank 2",
                        BorderlineConfiguration::instanceNorm,
                        new Shape(2, 12),
                        instance2d("")),
                of("group-norm of integers", groups(4), PLAIN, "nn.GroupNorm(4, 12)")
                        .with(DataType.INT64),
                of(
                                "instance-norm of integers",
                                BorderlineConfiguration::instanceNorm,
                                PLAIN,
                                instance2d(""))
                        .with(DataType.INT64),
                of(
                                "group-norm of other channels",
                                groups(4),
                                new Shape(2, 16, 5, 7),
                                "nn.GroupNorm(4, 12)")
                        .initializedWith(PLAIN),
                of(
                                "group-norm of other channels, no parameters",
                                () ->
                                        GroupNorm.builder()
                                                .setNumGroups(4)
                                                .optScale(false)
                                                .optCenter(false)
                                                .build(),
                                new Shape(2, 16, 5, 7),
                                "nn.GroupNorm(4, 12, affine=False)")
                        .initializedWith(PLAIN)
                        .torchWrong(),
                of(
                                "instance-norm of other channels",
                                BorderlineConfiguration::instanceNorm,
                                new Shape(2, 16, 5, 7),
                                instance2d(", affine=True"))
                        .initializedWith(PLAIN),
                of(
                                "layer-norm of other channels",
                                () -> ChannelLayerNorm.builder().build(),
                                new Shape(2, 16, 5, 7),
                                "on_last_axis(nn.LayerNorm(12))")
                        .initializedWith(PLAIN),
                of(
                                "rms-norm of other channels",
                                () -> RMSNorm.builder().optAxis(1).build(),
                                new Shape(2, 16, 5, 7),
                                "on_last_axis(nn.RMSNorm(12))")
                        .initializedWith(PLAIN),
                of(
                                "frozen batch-norm of other channels",
                                () -> FrozenBatchNorm.builder().build(),
                                new Shape(2, 16, 5, 7),
                                "nn.BatchNorm2d(12)")
                        .initializedWith(PLAIN)
                        .evaluated(),
                of(
                        "group-norm of one value per group",
                        groups(12),
                        new Shape(1, 12, 1, 1),
                        "nn.GroupNorm(12, 12)"),
                of(
                        "instance-norm of one value per channel",
                        BorderlineConfiguration::instanceNorm,
                        new Shape(2, 12, 1, 1),
                        instance2d("")),
                of(
                        "InstanceNorm2d of a volume",
                        () -> InstanceNorm.builder().optSpatialDims(2).build(),
                        new Shape(2, 12, 3, 4, 5),
                        instance2d("")),
                of(
                                "group-norm of one value per group, two instances",
                                groups(12),
                                new Shape(2, 12, 1, 1),
                                "nn.GroupNorm(12, 12)")
                        .accepted(),
                of(
                                "one value per channel, by running statistics",
                                () -> InstanceNorm.builder().optTrackRunningStats(true).build(),
                                new Shape(2, 12, 1, 1),
                                instance2d(", track_running_stats=True"))
                        .accepted()
                        .evaluated());
    }

    private static Supplier<Block> groups(int groups) {
        return () -> GroupNorm.builder().setNumGroups(groups).build();
    }

    private static Block instanceNorm() {
        return InstanceNorm.builder().build();
    }

    private static String instance2d(String options) {
        return "nn.InstanceNorm2d(12" + options + ")";
    }

    private static BorderlineConfiguration of(
            String name, Supplier<Block> block, Shape input, String module) {
        return new BorderlineConfiguration(
                name, true, false, block, input, input, DataType.FLOAT32, true, module);
    }

    private BorderlineConfiguration with(DataType other) {
        return new BorderlineConfiguration(
                name, rejected, torchWrongly, block, initial, input, other, training, module);
    }

    private BorderlineConfiguration initializedWith(Shape shape) {
        return new BorderlineConfiguration(
                name, rejected, torchWrongly, block, shape, input, type, training, module);
    }

    private BorderlineConfiguration torchWrong() {
        return new BorderlineConfiguration(
                name, rejected, true, block, initial, input, type, training, module);
    }

    private BorderlineConfiguration accepted() {
        return new BorderlineConfiguration(
                name, false, torchWrongly, block, initial, input, type, training, module);
    }

    private BorderlineConfiguration evaluated() {
        return new BorderlineConfiguration(
                name, rejected, torchWrongly, block, initial, input, type, false, module);
    }

    /** Tries all of them; PyTorch's answer is left out if there is none. */
    public static List<Answer> tryAll(Optional<PyTorch> torch) {
        List<BorderlineConfiguration> all = all();
        List<ModuleResult> theirs =
                torch.map(t -> t.run(all.stream().map(BorderlineConfiguration::call).toList()))
                        .orElse(List.of());
        return IntStream.range(0, all.size())
                .mapToObj(i -> all.get(i).answer(theirs.isEmpty() ? null : theirs.get(i)))
                .toList();
    }

    private Answer answer(ModuleResult result) {
        String ours = tryOurs();
        boolean weReject = ours.startsWith(IllegalArgumentException.class.getName());
        boolean weAreRight = rejected ? weReject : ours.equals(ACCEPTED);
        if (result == null) {
            return new Answer(this, ours, "not asked", weAreRight);
        }
        boolean theyAccept = !result.isRefused() && result.arrays().containsKey("y/0");
        boolean theyAreAsExpected =
                (result.isRefused() || theyAccept) && theyAccept == (rejected == torchWrongly);
        String theirs =
                result.isRefused() ? result.refusal() : theyAccept ? ACCEPTED : "gave no answer";
        return new Answer(this, ours, theirs, weAreRight && theyAreAsExpected);
    }

    private String tryOurs() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block layer = block.get();
            layer.initialize(manager, DataType.FLOAT32, initial);
            NDArray x = Tensors.create(manager, values(), input, type);
            layer.forward(new ParameterStore(manager, false), new NDList(x), training);
            return ACCEPTED;
        } catch (RuntimeException e) {
            return e.toString();
        }
    }

    private ModuleCall call() {
        return new ModuleCall(
                "",
                module,
                List.of(new ModuleInput(input, type)),
                DataType.FLOAT32,
                Layout.CONTIGUOUS,
                List.of(training),
                Map.of("x0/0", values()));
    }

    private double[] values() {
        return LongStream.range(0, input.size()).asDoubleStream().toArray();
    }
}
