package io.github.djlnorm;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.weights.StateDict;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Training ends where PyTorch's does, on any engine; five_steps.py beside the file tells what real
 * PyTorch 2.6 did there.
 */
class FiveStepsTest {

    private static final int CHANNELS = 6;
    private static final float EPSILON = 1e-5f;
    private static final Map<String, String> TORCH_NAMES =
            Map.of(
                    "gamma", "weight",
                    "beta", "bias",
                    "runningMean", "running_mean",
                    "runningVar", "running_var");

    @Managed private NDManager manager;

    static Stream<Arguments> layers() {
        return Stream.of(
                Arguments.of("group", GroupNorm.builder().setNumGroups(3).build()),
                Arguments.of("instance", InstanceNorm.builder().build()),
                Arguments.of("tracked", InstanceNorm.builder().optTrackRunningStats(true).build()),
                Arguments.of("channel-layer", ChannelLayerNorm.builder().build()),
                Arguments.of("rms", RMSNorm.builder().optAxis(1).optEpsilon(EPSILON).build()),
                Arguments.of("sync-batch", SyncBatchNorm.builder().build()),
                Arguments.of("frozen", FrozenBatchNorm.builder().build()),
                Arguments.of(
                        "conditional", ConditionalInstanceNorm.builder().setNumClasses(3).build()),
                Arguments.of("adaptive", AdaptiveInstanceNorm.builder().build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void parametersAreThoseOfPyTorch(String name, ChannelNorm norm) throws Exception {
        try (StateDict torch = StateDict.read(file())) {
            NDArray images = torch.get("in.images", manager);
            NDArray target = torch.get("in.target", manager);
            Map<String, Block> net =
                    Map.of(
                            "conv",
                            Conv2d.builder()
                                    .setKernelShape(new Shape(3, 3))
                                    .optPadding(new Shape(1, 1))
                                    .setFilters(CHANNELS)
                                    .build(),
                            "norm",
                            norm,
                            "linear",
                            Linear.builder().setUnits(target.getShape().get(1)).build());
            NDList second = second(name, torch);
            initialize(net, images, second);
            for (Map.Entry<String, Block> block : net.entrySet()) {
                for (Parameter parameter : block.getValue().getDirectParameters().values()) {
                    torch.get(torchName(name, "before", block.getKey(), parameter), manager)
                            .copyTo(parameter.getArray());
                }
            }

            Optimizer optimizer =
                    Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.2f)).build();
            for (int step = 0; step < 5; step++) {
                try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                    NDArray y = Run.forward(net.get("conv"), images, Run.TRAINING);
                    NDList inputs = new NDList(y).addAll(second);
                    y = Activation.relu(Run.forward(norm, inputs, Run.TRAINING));
                    y = y.reshape(y.getShape().slice(0, 2).add(-1)).mean(new int[] {2});
                    y = Run.forward(net.get("linear"), y, Run.TRAINING);
                    collector.backward(y.sub(target).square().mean());
                }
                net.values().forEach(block -> update(block, optimizer));
            }

            for (Map.Entry<String, Block> block : net.entrySet()) {
                for (Parameter parameter : block.getValue().getDirectParameters().values()) {
                    String key = torchName(name, "after", block.getKey(), parameter);
                    assertThat(parameter.getArray().toFloatArray())
                            .as(key)
                            .containsExactly(torch.get(key, manager).toFloatArray(), within(2e-6f));
                }
            }
        }
    }

    /** The layer's own second input, which the others have not. */
    private NDList second(String name, StateDict torch) throws IOException {
        return switch (name) {
            case "conditional" ->
                    new NDList(torch.get("in.labels", manager).toType(DataType.INT64, true));
            case "adaptive" -> new NDList(torch.get("in.style", manager));
            default -> new NDList();
        };
    }

    private void initialize(Map<String, Block> net, NDArray images, NDList second) {
        Shape shape = new Shape(images.getShape().get(0), CHANNELS, 5, 5);
        NDList inputs = new NDList(manager.zeros(shape)).addAll(second);
        net.get("conv").initialize(manager, DataType.FLOAT32, images.getShape());
        net.get("norm").initialize(manager, DataType.FLOAT32, Layers.shapes(inputs));
        net.get("linear").initialize(manager, DataType.FLOAT32, new Shape(4, CHANNELS));
    }

    private static String torchName(String name, String when, String block, Parameter parameter) {
        String own = parameter.getName();
        return String.join(".", name, when, block, TORCH_NAMES.getOrDefault(own, own));
    }

    /** Moves what is trained, and leaves gradients of zero. */
    private static void update(Block block, Optimizer optimizer) {
        for (Parameter parameter : block.getDirectParameters().values()) {
            if (parameter.requiresGradient()) {
                optimizer.update(parameter.getId(), parameter.getArray(), Run.gradient(parameter));
                Run.clearGradient(parameter);
            }
        }
    }

    private static Path file() throws URISyntaxException {
        return Path.of(requireNonNull(FiveStepsTest.class.getResource("five-steps.pth")).toURI());
    }
}
