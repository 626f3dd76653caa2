package io.github.djlnorm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.testing.Managed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network that PyTorch trained predicts here what it predicted there. */
class TrainedNetworkTest {

    private static final Shape IMAGES = new Shape(2, 3, 6, 6);
    private static final WeightLoader BY_ORDER = WeightLoader.builder().optOrder(true).build();

    @TempDir private Path folder;
    @Managed private NDManager manager;

    /** The network of fixtures.py, which trained it with PyTorch. */
    private Block network() {
        SequentialBlock network =
                new SequentialBlock()
                        .add(conv(8, 3, 1, false))
                        .add(BatchNorm.builder().build())
                        .add(Activation.reluBlock())
                        .add(conv(8, 3, 0, true))
                        .add(GroupNorm.builder().setNumGroups(4).build())
                        .add(Activation.reluBlock())
                        .add(conv(6, 1, 0, true))
                        .add(InstanceNorm.builder().optTrackRunningStats(true).build())
                        .add(Pool.globalAvgPool2dBlock())
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(5).build())
                        .add(LayerNorm.builder().build());
        network.initialize(manager, DataType.FLOAT32, IMAGES);
        return network;
    }

    private static Conv2d conv(int filters, int kernel, int padding, boolean bias) {
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(kernel, kernel))
                .optPadding(new Shape(padding, padding))
                .optBias(bias)
                .build();
    }

    @Test
    void networkPredictsWhatPyTorchPredicted() throws IOException {
        Block network = network();
        try (StateDict checkpoint = StateDict.read(Fixtures.file("checkpoint.pth"), "model")) {
            LoadReport report = BY_ORDER.load(checkpoint, network);

            assertThat(report.isComplete()).isTrue();
            assertThat(report.checkpointName("02BatchNorm.running_var")).isEqualTo("1.running_var");
        }
        assertPredictsAsPyTorch(network);
    }

    @Test
    void namesCanBeMappedByPrefixAndOneByOne() throws IOException {
        Block network = network();
        UnaryOperator<String> names =
                WeightNames.builder()
                        .optPrefix("01Conv2d", "0")
                        .optPrefix("02BatchNorm", "1")
                        .optPrefix("04Conv2d", "3")
                        .optPrefix("05GroupNorm", "4")
                        .optPrefix("07Conv2d", "6")
                        .optPrefix("08InstanceNorm", "7")
                        .optPrefix("11Linear", "10")
                        .optName("12LayerNorm.weight", "11.weight")
                        .optName("12LayerNorm.bias", "11.bias")
                        .build();
        try (StateDict checkpoint = StateDict.read(Fixtures.file("checkpoint.pth"), "model")) {
            WeightLoader.builder().optNames(names).build().load(checkpoint, network);
        }
        assertPredictsAsPyTorch(network);
    }

    @ParameterizedTest
    @ValueSource(strings = {"weights.safetensors", "weights.npz"})
    void writtenWeightsComeBackUnderTheirNames(String name) throws IOException {
        Path file = folder.resolve(name);
        try (StateDict checkpoint = StateDict.read(Fixtures.file("checkpoint.pth"), "model")) {
            Block network = network();
            LoadReport report = BY_ORDER.load(checkpoint, network);
            StateDict.of(network, report::checkpointName).write(file);

            try (StateDict written = StateDict.read(file)) {
                assertThat(written.tensors().keySet())
                        .containsExactlyElementsOf(checkpoint.tensors().keySet());
                assertThat(written.get("1.num_batches_tracked", manager))
                        .isEqualTo(manager.create(0L));
                Block other = network();
                BY_ORDER.load(written, other);
                assertPredictsAsPyTorch(other);
            }
        }
        assertThat(folder.toFile().list()).containsExactly(name);
    }

    private void assertPredictsAsPyTorch(Block network) throws IOException {
        try (StateDict outputs = StateDict.read(Fixtures.file("outputs.pth"))) {
            NDArray x = outputs.get("x", manager);
            float[] expected = outputs.get("y", manager).toFloatArray();
            float[] y =
                    network.forward(new ParameterStore(manager, false), new NDList(x), false)
                            .singletonOrThrow()
                            .toFloatArray();
            assertThat(y).containsExactly(expected, within(1e-5f));
        }
    }
}
