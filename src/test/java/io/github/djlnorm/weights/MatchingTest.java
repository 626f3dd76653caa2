package io.github.djlnorm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.testing.Managed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tensor goes to which parameter; each holds a number of its own. */
class MatchingTest {

    private static final long[] TWO = {2};
    private static final WeightLoader BY_NAME = WeightLoader.builder().build();
    private static final WeightLoader BY_ORDER = WeightLoader.builder().optOrder(true).build();

    @TempDir private Path folder;
    @Managed private NDManager manager;

    private Block norms(int count) {
        SequentialBlock norms = new SequentialBlock();
        for (int i = 0; i < count; i++) {
            norms.add(GroupNorm.builder().setNumGroups(1).build());
        }
        norms.initialize(manager, DataType.FLOAT32, new Shape(1, 2, 4));
        return norms;
    }

    /** A file of tensors of two equal numbers, 1, 2, 3 ... */
    private StateDict file(String... names) throws IOException {
        TorchFile torch = new TorchFile();
        for (int i = 0; i < names.length; i++) {
            torch.floats(names[i], TWO, i + 1, i + 1);
        }
        return StateDict.read(torch.write(folder));
    }

    private static List<Float> firsts(Block block) {
        return block.getParameters().values().stream().map(p -> p.getArray().getFloat(0)).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "module.", "_orig_mod.", "module.backbone."})
    void placesInASequenceAreFoundWithAnyPrefix(String prefix) throws IOException {
        Block block = norms(2);
        try (StateDict file =
                file(
                        prefix + "1.weight",
                        prefix + "1.bias",
                        prefix + "0.bias",
                        prefix + "0.weight")) {
            LoadReport report = BY_NAME.load(file, block);
            assertThat(report.checkpointName("02GroupNorm.bias")).isEqualTo(prefix + "1.bias");
        }
        assertThat(firsts(block)).containsExactly(4f, 3f, 1f, 2f);
    }

    @Test
    void placesThatFitOnlyInPartAreNotUsed() throws IOException {
        Block block = norms(2);
        try (StateDict file = file("0.weight", "0.bias", "1.weight", "1.shift")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BY_NAME.load(file, block))
                    .withMessageContaining("missing [01GroupNorm.weight, 01GroupNorm.bias,");
        }
    }

    @Test
    void orderGoesByLayersAndInALayerByName() throws IOException {
        Block block = norms(2);
        try (StateDict file = file("b.bias", "b.weight", "a.weight", "a.bias")) {
            BY_ORDER.load(file, block);
        }
        assertThat(firsts(block)).containsExactly(2f, 1f, 3f, 4f);
    }

    @Test
    void whatALayerHasNotGoesToNoOther() throws IOException {
        Block block = norms(2);
        WeightLoader lenient = WeightLoader.builder().optOrder(true).optStrict(false).build();
        try (StateDict file =
                file("a.weight", "a.running_mean", "a.running_var", "b.weight", "b.bias")) {
            LoadReport report = lenient.load(file, block);
            assertThat(report.names())
                    .containsExactlyInAnyOrderEntriesOf(
                            Map.of(
                                    "01GroupNorm.weight", "a.weight",
                                    "02GroupNorm.weight", "b.weight",
                                    "02GroupNorm.bias", "b.bias"));
            assertThat(report.missing()).containsExactly("01GroupNorm.bias");
            assertThat(report.unexpected()).containsExactly("a.running_mean", "a.running_var");
        }
    }

    @Test
    void asManyLayersAreNeededForAnOrder() throws IOException {
        Block block = norms(3);
        try (StateDict file = file("a.weight", "a.bias", "b.weight", "b.bias")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BY_ORDER.load(file, block))
                    .withMessageContaining("unexpected [a.weight, a.bias, b.weight, b.bias]");
        }
    }

    @Test
    void aSortedFileOfNumberedLayersIsTakenByTheNumbers() throws IOException {
        Block twelve = norms(12);
        String[] names = new String[24];
        for (int i = 0; i < 12; i++) {
            names[2 * i] = "layers." + 3 * i + ".bias";
            names[2 * i + 1] = "layers." + 3 * i + ".weight";
        }
        Arrays.sort(names);
        Path sorted = folder.resolve("sorted.safetensors");
        try (StateDict file = file(names)) {
            file.write(sorted);
        }
        try (StateDict file = StateDict.read(sorted)) {
            LoadReport report = BY_ORDER.load(file, twelve);
            assertThat(report.checkpointName("02GroupNorm.weight")).isEqualTo("layers.3.weight");
            assertThat(report.checkpointName("05GroupNorm.bias")).isEqualTo("layers.12.bias");
        }
    }

    @Test
    void aSortedFileOfNamedLayersHasNoOrder() throws IOException {
        Block block = norms(2);
        Path sorted = folder.resolve("sorted.safetensors");
        try (StateDict file = file("a.bias", "a.weight", "stem.bias", "stem.weight")) {
            file.write(sorted);
        }
        try (StateDict file = StateDict.read(sorted)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BY_ORDER.load(file, block))
                    .withMessageContaining(" in a file that is sorted by name; map the names");
        }
    }

    @Test
    void aFrozenBatchNormIsWrittenWhole() {
        Block block = new SequentialBlock().add(BatchNorm.builder().build());
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 2, 4));
        block.freezeParameters(true);
        assertThat(StateDict.of(block).tensors().keySet())
                .contains("01BatchNorm.weight", "01BatchNorm.bias");
        Block off =
                new SequentialBlock()
                        .add(BatchNorm.builder().optScale(false).optCenter(false).build());
        off.initialize(manager, DataType.FLOAT32, new Shape(1, 2, 4));
        assertThat(StateDict.of(off).tensors().keySet())
                .doesNotContain("01BatchNorm.weight", "01BatchNorm.bias");
    }

    @Test
    void floatsOfHalfPrecisionFitIfAsked() throws IOException {
        Block linear = Linear.builder().setUnits(1).optBias(false).build();
        linear.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
        TorchFile torch =
                new TorchFile()
                        .entry("data/0", new byte[] {0, 0x3c, 0, (byte) 0xc0}) // 1 and -2
                        .tensor(
                                "weight",
                                "HalfStorage",
                                "0",
                                2,
                                0,
                                new long[] {1, 2},
                                new long[] {2, 1});
        try (StateDict file = StateDict.read(torch.write(folder))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BY_NAME.load(file, linear))
                    .withMessageContaining(
                            "unfit [weight float16 (1, 2) for weight float32 (1, 2)]");
            WeightLoader.builder().optConvertTypes(true).build().load(file, linear);
        }
        NDArray weight = linear.getParameters().valueAt(0).getArray();
        assertThat(weight.toFloatArray()).containsExactly(1, -2);
    }
}
