package io.github.djlnorm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is loaded, and what is refused and leaves the block as it was. */
class WeightLoaderTest {

    private static final WeightLoader BY_ORDER = WeightLoader.builder().optOrder(true).build();

    @TempDir private Path folder;
    @Managed private NDManager manager;

    private <B extends Block> B initialized(B block, Shape shape) {
        block.initialize(manager, DataType.FLOAT32, shape);
        return block;
    }

    private Block groupNorm(int channels) {
        return initialized(GroupNorm.builder().setNumGroups(1).build(), new Shape(1, channels, 4));
    }

    @Test
    void whatIsLoadedAndWrittenOutlivesTheScopeOfTheCaller() throws IOException {
        Block source = groupNorm(3);
        Block target = groupNorm(3);
        manager.create(new float[] {2, 3, 4})
                .copyTo(source.getParameters().get("gamma").getArray());
        Path file = folder.resolve("scope.npz");
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            StateDict.of(source).write(file);
            try (StateDict stateDict = StateDict.read(file)) {
                WeightLoader.builder().build().load(stateDict, target);
            }
        }

        assertThat(target.getParameters().get("gamma").getArray().toFloatArray())
                .containsExactly(2, 3, 4);
        assertThat(source.getParameters().get("gamma").getArray().toFloatArray())
                .containsExactly(2, 3, 4);
    }

    @Test
    void allThatIsWrongIsToldAtOnceAndNothingChanges() throws IOException {
        Block block =
                initialized(
                        new SequentialBlock()
                                .add(GroupNorm.builder().setNumGroups(1).build())
                                .add(Linear.builder().setUnits(2).build()),
                        new Shape(1, 3, 4));
        List<float[]> before = values(block);
        Path file =
                new TorchFile()
                        .floats("01GroupNorm.weight", new long[] {3}, 7, 8, 9)
                        .floats("01GroupNorm.bias", new long[] {2}, 1, 2)
                        .floats("02Linear.bias", new long[] {2}, 1, 2)
                        .floats("extra", new long[] {1}, 1)
                        .write(folder);
        try (StateDict dict = StateDict.read(file)) {
            assertThatThrownBy(() -> WeightLoader.builder().build().load(dict, block))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("missing [02Linear.weight]")
                    .hasMessageContaining("unexpected [extra]")
                    .hasMessageContaining(
                            "unfit [01GroupNorm.bias float32 (2) for 01GroupNorm.bias float32"
                                    + " (3)]");
        }
        assertThat(values(block)).usingRecursiveComparison().isEqualTo(before);
    }

    @Test
    void withoutStrictWhatFitsIsLoadedAndTheRestReported() throws IOException {
        Block block = groupNorm(2);
        Path file =
                new TorchFile()
                        .floats("weight", new long[] {2}, 5, 6)
                        .floats("bias", new long[] {3}, 1, 2, 3)
                        .floats("extra", new long[] {1}, 1)
                        .write(folder);
        try (StateDict dict = StateDict.read(file)) {
            LoadReport report = WeightLoader.builder().optStrict(false).build().load(dict, block);

            assertThat(report.names()).isEqualTo(Map.of("weight", "weight"));
            assertThat(report.unexpected()).containsExactly("extra");
            assertThat(report.unfit()).containsExactly("bias float32 (3) for bias float32 (2)");
        }
        assertThat(values(block).get(0)).containsExactly(5, 6);
        assertThat(values(block).get(1)).containsExactly(0, 0);
    }

    @Test
    void aTensorThatDjlCannotHaveComesWithTheCure() throws IOException {
        TorchFile torch = new TorchFile().floats("bias", new long[] {2}, 1, 2);
        torch.text("weight").global("torch._utils", "_rebuild_tensor_v2").raw('(');
        torch.global("os", "system").raw(')', 'R', 'N', 'N', 'N', 't', 'R');
        Block block = groupNorm(2);
        try (StateDict dict = StateDict.read(torch.write(folder))) {
            assertThatThrownBy(() -> WeightLoader.builder().build().load(dict, block))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("unfit [weight for weight: it depends on os.system]")
                    .hasMessageContaining("in Python: import torch; s = torch.load(");
        }
    }

    @Test
    void anotherTypeIsConvertedOnlyIfAsked() throws IOException {
        Path file =
                new TorchFile()
                        .entry("data/w", new byte[] {0, 0x3e, 0, (byte) 0xc0})
                        .tensor("weight", "HalfStorage", "w", 2, 0, new long[] {2}, new long[] {1})
                        .floats("bias", new long[] {2}, 3, 4)
                        .write(folder);
        Block block = groupNorm(2);
        try (StateDict dict = StateDict.read(file)) {
            assertThatThrownBy(() -> WeightLoader.builder().build().load(dict, block))
                    .hasMessageContaining("unfit [weight float16 (2) for weight float32 (2)]");

            WeightLoader.builder().optConvertTypes(true).build().load(dict, block);
        }
        assertThat(values(block).get(0)).containsExactly(1.5f, -2);
    }

    @Test
    void damageInTheLastTensorLeavesTheBlockAsItWas() throws IOException {
        Block block = initialized(Linear.builder().setUnits(64).build(), new Shape(1, 64));
        List<float[]> before = values(block);
        float[] weight = new float[64 * 64];
        Arrays.fill(weight, 1);
        byte[] bytes =
                new TorchFile()
                        .floats("weight", new long[] {64, 64}, weight)
                        .floats("bias", new long[] {64}, Arrays.copyOf(weight, 64))
                        .deflated()
                        .bytes();
        // The compressed bytes of the bias follow the name of its entry.
        int bias =
                new String(bytes, StandardCharsets.ISO_8859_1).indexOf("archive/data/2")
                        + "archive/data/2".length();
        bytes[bias] = 7;
        try (StateDict dict = StateDict.read(Files.write(folder.resolve("w.pth"), bytes))) {
            assertThatThrownBy(() -> WeightLoader.builder().build().load(dict, block))
                    .isInstanceOf(MalformedWeightsException.class)
                    .hasMessageContaining("a compressed entry is damaged");
        }
        assertThat(values(block)).usingRecursiveComparison().isEqualTo(before);
    }

    @Test
    void blockThatIsNotInitializedIsRefused() throws IOException {
        try (StateDict dict = StateDict.read(Fixtures.file("types.pth"))) {
            assertThatThrownBy(
                            () -> BY_ORDER.load(dict, GroupNorm.builder().setNumGroups(1).build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the block must be initialized");
        }
    }

    @Test
    void normWithoutScaleAndShiftNeedsNoneAndGivesNone() throws IOException {
        SequentialBlock block =
                initialized(
                        new SequentialBlock()
                                .add(
                                        GroupNorm.builder()
                                                .setNumGroups(1)
                                                .optScale(false)
                                                .optCenter(false)
                                                .build())
                                .add(GroupNorm.builder().setNumGroups(1).build()),
                        new Shape(1, 2, 4));
        Path file =
                new TorchFile()
                        .floats("1.weight", new long[] {2}, 5, 6)
                        .floats("1.bias", new long[] {2}, 3, 4)
                        .write(folder);
        assertThat(StateDict.of(block).tensors().keySet())
                .containsExactly("02GroupNorm.weight", "02GroupNorm.bias");
        try (StateDict dict = StateDict.read(file)) {
            assertThat(BY_ORDER.load(dict, block).isComplete()).isTrue();
        }
        assertThat(values(block)).hasSize(2);
        assertThat(values(block).get(0)).containsExactly(5, 6);
    }

    @Test
    void namesGoBeforeOrder() throws IOException {
        Block block = groupNorm(2);
        Path file =
                new TorchFile()
                        .floats("shift", new long[] {2}, 3, 4)
                        .floats("0.weight", new long[] {2}, 5, 6)
                        .write(folder);
        try (StateDict dict = StateDict.read(file)) {
            WeightLoader.builder()
                    .optNames(WeightNames.builder().optName("bias", "shift").build())
                    .optOrder(true)
                    .build()
                    .load(dict, block);
        }
        assertThat(values(block).get(0)).containsExactly(5, 6);
        assertThat(values(block).get(1)).containsExactly(3, 4);
    }

    @Test
    void frozenLayerStillNeedsItsWeights() throws IOException {
        Block block = groupNorm(2);
        block.freezeParameters(true);
        Path file = new TorchFile().floats("weight", new long[] {2}, 5, 6).write(folder);
        try (StateDict dict = StateDict.read(file)) {
            assertThatThrownBy(() -> WeightLoader.builder().build().load(dict, block))
                    .hasMessageContaining("missing [bias]");
        }
    }

    @Test
    void scaleThatWouldNotBeUsedIsRefused() throws IOException {
        Block block =
                initialized(
                        GroupNorm.builder().setNumGroups(1).optScale(false).build(),
                        new Shape(1, 2, 4));
        Path file =
                new TorchFile()
                        .floats("weight", new long[] {2}, 5, 6)
                        .floats("bias", new long[] {2}, 3, 4)
                        .write(folder);
        try (StateDict dict = StateDict.read(file)) {
            assertThatThrownBy(() -> WeightLoader.builder().build().load(dict, block))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("unexpected [weight]");
        }
        assertThat(values(block).get(0)).containsExactly(0, 0);
    }

    @Test
    void loadedParametersStillTrain() throws IOException {
        Block block = groupNorm(2);
        Path file =
                new TorchFile()
                        .floats("weight", new long[] {2}, 5, 6)
                        .floats("bias", new long[] {2}, 3, 4)
                        .write(folder);
        try (StateDict dict = StateDict.read(file)) {
            WeightLoader.builder().build().load(dict, block);
        }
        assertThat(block.getParameters().values())
                .allMatch(p -> p.getArray().hasGradient() && p.requiresGradient());
    }

    private static List<float[]> values(Block block) {
        return block.getParameters().values().stream()
                .map(p -> p.getArray().toFloatArray())
                .toList();
    }
}
