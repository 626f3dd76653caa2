package io.github.djlnorm.parity;

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
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.Pair;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.convolutional.ConvTranspose;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.weights.LoadReport;
import io.github.djlnorm.weights.StateDict;
import io.github.djlnorm.weights.WeightLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A network that real PyTorch trained, here and back again. */
class CheckpointTest {

    private static final String SCRIPT = "checkpoints.py";
    private static final Shape SHAPE = new Shape(4, 3, 17, 17);

    @RegisterExtension static final RealPyTorch PYTORCH = new RealPyTorch();

    @TempDir private Path folder;
    @Managed private NDManager manager;

    @ParameterizedTest
    @CsvSource({
        "trained.pth, back.safetensors",
        "trained.pth, back.pth",
        "trained.npz, back.npz",
        "trained.safetensors, back.safetensors"
    })
    void trainedNetworkPredictsTheSameHereAndBackThere(String there, String back) throws Exception {
        Path checkpoint = folder.resolve(there);
        PYTORCH.get()
                .run(
                        CheckpointTest.class,
                        SCRIPT,
                        Files.createFile(folder.resolve("new.txt")),
                        checkpoint);
        Block network = network();

        LoadReport report;
        try (StateDict weights =
                there.endsWith(".pth")
                        ? StateDict.read(checkpoint, "model")
                        : StateDict.read(checkpoint)) {
            report = WeightLoader.builder().optOrder(true).build().load(weights, network);
        }
        float[] learnedThere = evaluate(network);
        assertEqualToRounding(learnedThere, evaluateInPyTorch(checkpoint));

        train(network);
        float[] learnedHere = evaluate(network);
        assertThat(learnedHere[0]).isNotCloseTo(learnedThere[0], within(1e-3f));
        Path exported = folder.resolve(back);
        StateDict.of(network, report::checkpointName).write(exported);
        assertEqualToRounding(learnedHere, evaluateInPyTorch(exported));
    }

    /** The network of the script. */
    private Block network() {
        SequentialBlock network =
                new SequentialBlock()
                        .add(
                                Conv2d.builder()
                                        .setFilters(16)
                                        .setKernelShape(new Shape(3, 3))
                                        .optPadding(new Shape(1, 1))
                                        .optBias(false)
                                        .build())
                        .add(BatchNorm.builder().build())
                        .add(Activation.reluBlock())
                        .add(
                                Conv2d.builder()
                                        .setFilters(24)
                                        .setKernelShape(new Shape(3, 3))
                                        .optStride(new Shape(2, 2))
                                        .build())
                        .add(GroupNorm.builder().setNumGroups(8).build())
                        .add(Activation.reluBlock())
                        .add(
                                ConvTranspose.builder()
                                        .setFilters(12)
                                        .setKernelShape(new Shape(2, 2))
                                        .optStride(new Shape(2, 2))
                                        .build())
                        .add(InstanceNorm.builder().optTrackRunningStats(true).build())
                        .add(Activation.reluBlock())
                        .add(Pool.globalAvgPool2dBlock())
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(10).build())
                        .add(LayerNorm.builder().build())
                        .add(Linear.builder().setUnits(5).optBias(false).build());
        network.initialize(manager, DataType.FLOAT32, SHAPE);
        return network;
    }

    /** The inputs of the script. */
    private NDArray inputs() {
        float[] values = new float[(int) SHAPE.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i * 37 % 101 - 50) / 25f;
        }
        return manager.create(values, SHAPE);
    }

    private float[] evaluate(Block network) {
        return forward(network, inputs(), false).toFloatArray();
    }

    private NDArray forward(Block network, NDArray x, boolean training) {
        ParameterStore store = new ParameterStore(manager, false);
        return network.forward(store, new NDList(x), training).singletonOrThrow();
    }

    private float[] evaluateInPyTorch(Path checkpoint) throws IOException {
        Path reply = folder.resolve("y.npz");
        PYTORCH.get().run(CheckpointTest.class, SCRIPT, checkpoint, reply);
        try (StateDict outputs = StateDict.read(reply)) {
            return outputs.get("y", manager).toFloatArray();
        }
    }

    private void train(Block network) {
        Optimizer optimizer = Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.05f)).build();
        for (int step = 0; step < 5; step++) {
            NDArray x = manager.randomNormal(SHAPE).mul(2).add(1);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray loss = forward(network, x, true).sub(1).square().mean();
                collector.backward(loss);
            }
            for (Pair<String, Parameter> named : network.getParameters()) {
                NDArray array = named.getValue().getArray();
                if (array.hasGradient()) {
                    optimizer.update(named.getKey(), array, array.getGradient());
                }
            }
        }
    }

    /** Both sum in float32, each in its own order: a few units in the last place of the largest. */
    private static void assertEqualToRounding(float[] ours, float[] torchs) {
        float largest = 0;
        for (float y : torchs) {
            largest = Math.max(largest, Math.abs(y));
        }
        assertThat(largest).isGreaterThan(0.01f);
        assertThat(ours).containsExactly(torchs, within(16 * Math.ulp(largest)));
    }
}
