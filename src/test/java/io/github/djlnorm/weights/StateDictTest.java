package io.github.djlnorm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.weights.format.WeightFormat;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading files that PyTorch and NumPy wrote, and some that they might have written. */
class StateDictTest {

    private static final double[] VALUES = {-2.5, -1, 0, 1, 2, 3.5};
    private static final double[] COUNTS = {0, 1, 2, 3, 100, 127};

    @TempDir private Path folder;
    @Managed private NDManager manager;

    @ParameterizedTest
    @ValueSource(strings = {"types.pth", "zip64.pth", "types.npz", "types.safetensors"})
    void everyTypeIsReadFromEveryFormat(String file) throws IOException {
        try (StateDict dict = StateDict.read(Fixtures.file(file))) {
            assertThat(dict.tensors().values()).allMatch(t -> t.shape().equals(new Shape(2, 3)));
            for (String name : dict.tensors().keySet()) {
                assertThat(dict.tensors().get(name).storedType()).isEqualTo(name);
                assertThat(values(dict, name))
                        .as(name)
                        .isEqualTo(
                                switch (name) {
                                    case "bool" -> new double[] {1, 0, 1, 1, 0, 0};
                                    case "int8", "uint8", "int32", "int64" -> COUNTS;
                                    default -> VALUES;
                                });
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"types.pth, 9", "zip64.pth, 9", "types.npz, 8", "types.safetensors, 9"})
    void everyTensorIsThereInItsOrder(String file, int count) throws IOException {
        try (StateDict dict = StateDict.read(Fixtures.file(file))) {
            assertThat(dict.tensors()).hasSize(count);
            assertThat(dict.tensors().keySet())
                    .startsWith("float16", "float32", "float64")
                    .endsWith("int8", "uint8", "int32", "int64", "bool");
        }
    }

    @Test
    void bfloat16IsWidened() throws IOException {
        try (StateDict dict = StateDict.read(Fixtures.file("types.pth"))) {
            assertThat(dict.tensors().get("bfloat16").dataType()).isEqualTo(DataType.FLOAT32);
            assertThat(dict.get("bfloat16", manager).getDataType()).isEqualTo(DataType.FLOAT32);
        }
    }

    @Test
    void viewsGiveTheValuesThatPyTorchSees() throws IOException {
        try (StateDict dict = StateDict.read(Fixtures.file("views.pth"))) {
            double[] base = range(24);
            double[] transposed =
                    IntStream.range(0, 24).mapToDouble(i -> i % 4 * 6 + i / 4).toArray();
            assertThat(values(dict, "whole")).isEqualTo(base);
            assertThat(values(dict, "tied")).isEqualTo(base);
            assertThat(dict.get("transposed", manager).getShape()).isEqualTo(new Shape(6, 4));
            assertThat(values(dict, "transposed")).isEqualTo(transposed);
            assertThat(values(dict, "bfloat16_transposed")).isEqualTo(transposed);
            assertThat(values(dict, "slice")).containsExactly(8, 9, 10, 14, 15, 16);
            assertThat(values(dict, "every_second"))
                    .containsExactly(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23);
            assertThat(dict.get("channels_last", manager).getShape())
                    .isEqualTo(new Shape(1, 2, 3, 4));
            assertThat(values(dict, "channels_last")).isEqualTo(base);
            assertThat(dict.get("empty", manager).getShape()).isEqualTo(new Shape(0, 3));
            assertThat(values(dict, "scalar")).containsExactly(7);
            assertThat(values(dict, "parameter")).containsExactly(0, 1);
        }
    }

    @Test
    void largeViewsCrossTheBuffer(@TempDir Path folder) throws IOException {
        int rows = 401;
        int columns = 307;
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Path file =
                new TorchFile()
                        .entry("data/0", TorchFile.floats(values))
                        .tensor(
                                "transposed",
                                "FloatStorage",
                                "0",
                                values.length,
                                0,
                                new long[] {columns, rows},
                                new long[] {1, columns})
                        .tensor(
                                "column",
                                "FloatStorage",
                                "0",
                                values.length,
                                5,
                                new long[] {rows},
                                new long[] {columns})
                        .tensor(
                                "corners",
                                "FloatStorage",
                                "0",
                                values.length,
                                0,
                                new long[] {2, 2},
                                new long[] {(long) (rows - 1) * columns, columns - 1})
                        .write(folder);
        try (StateDict dict = StateDict.read(file)) {
            assertThat(values(dict, "transposed"))
                    .isEqualTo(
                            IntStream.range(0, values.length)
                                    .mapToDouble(i -> i % rows * columns + i / rows)
                                    .toArray());
            assertThat(values(dict, "column"))
                    .isEqualTo(
                            IntStream.range(0, rows).mapToDouble(i -> i * columns + 5).toArray());
            assertThat(values(dict, "corners"))
                    .containsExactly(0, columns - 1, (rows - 1) * columns, rows * columns - 1);
        }
    }

    @Test
    void columnMajorAndBigEndianAndCompressedArraysAreRead() throws IOException {
        try (StateDict dict = StateDict.read(Fixtures.file("orders.npz"))) {
            assertThat(dict.get("fortran", manager).getShape()).isEqualTo(new Shape(2, 3, 4));
            assertThat(values(dict, "fortran")).isEqualTo(range(24));
            assertThat(values(dict, "big_endian")).isEqualTo(range(6));
            assertThat(values(dict, "scalar")).containsExactly(7);
            assertThat(dict.get("empty", manager).getShape()).isEqualTo(new Shape(0, 3));
        }
    }

    @Test
    void bigEndianCheckpointIsRead(@TempDir Path folder) throws IOException {
        Path file =
                new TorchFile()
                        .entry("byteorder", "big".getBytes(StandardCharsets.UTF_8))
                        .entry("data/0", ByteBuffer.allocate(8).putFloat(1.5f).putFloat(-2).array())
                        .tensor("w", "FloatStorage", "0", 2, 0, new long[] {2}, new long[] {1})
                        .write(folder);
        try (StateDict dict = StateDict.read(file)) {
            assertThat(values(dict, "w")).containsExactly(1.5, -2);
        }
    }

    @Test
    void compressedCheckpointIsRead(@TempDir Path folder) throws IOException {
        Path file = new TorchFile().floats("w", new long[] {3}, 1, 2, 3).deflated().write(folder);
        try (StateDict dict = StateDict.read(file)) {
            assertThat(values(dict, "w")).containsExactly(1, 2, 3);
        }
    }

    @Test
    void stateDictInsideACheckpointIsReadByItsKey() throws IOException {
        try (StateDict dict = StateDict.read(Fixtures.file("checkpoint.pth"), "model")) {
            assertThat(dict.tensors().keySet())
                    .startsWith("0.weight", "1.weight", "1.bias", "1.running_mean")
                    .contains("1.num_batches_tracked")
                    .endsWith("11.weight", "11.bias");
            assertThat(values(dict, "1.num_batches_tracked")).containsExactly(5);
        }
    }

    @Test
    void theOnlyStateDictOfACheckpointNeedsNoKey() throws IOException {
        try (StateDict found = StateDict.read(Fixtures.file("checkpoint.pth"));
                StateDict named = StateDict.read(Fixtures.file("checkpoint.pth"), "model")) {
            assertThat(found.tensors().keySet())
                    .containsExactlyElementsOf(named.tensors().keySet());
        }
    }

    @Test
    void whatTorchSaveWroteBeforeItsZipFormatIsRead() throws IOException {
        try (StateDict old = StateDict.read(Fixtures.file("old.pth"));
                StateDict zipped = StateDict.read(Fixtures.file("checkpoint.pth"))) {
            assertThat(old.tensors().keySet()).containsExactlyElementsOf(zipped.tensors().keySet());
            for (String name : zipped.tensors().keySet()) {
                assertThat(values(old, name)).as(name).isEqualTo(values(zipped, name));
            }
        }
    }

    @Test
    void aKeyMayBeAPathAndSeveralStateDictsAreListed() throws IOException {
        TorchFile torch = new TorchFile();
        torch.text("state").raw('}').text("model").raw('}', '(');
        torch.floats("w", new long[] {2}, 1, 2).raw('u', 's');
        torch.text("ema.0").raw('}', '(').floats("w", new long[] {2}, 3, 4).raw('u');
        Path file = torch.write(folder);
        assertThatThrownBy(() -> StateDict.read(file))
                .isInstanceOf(MalformedWeightsException.class)
                .hasMessageContaining(
                        "it holds 2 state dicts; give the key of one: state.model, ema.0");
        try (StateDict model = StateDict.read(file, "state.model");
                StateDict ema = StateDict.read(file, "ema.0")) {
            assertThat(values(model, "w")).containsExactly(1, 2);
            assertThat(values(ema, "w")).containsExactly(3, 4);
        }
    }

    @Test
    void tensorsBesideTheStateDictNeedNoKey() throws IOException {
        TorchFile torch = new TorchFile().floats("loss", new long[] {1}, 5);
        torch.text("net").raw('}', '(').floats("0.weight", new long[] {1}, 1).raw('u');
        torch.text("callbacks").raw('}', '(').floats("best", new long[] {1}, 6).raw('u');
        Path file = torch.write(folder);
        try (StateDict net = StateDict.read(file);
                StateDict all = StateDict.read(file, ".");
                StateDict streamed =
                        StateDict.read(
                                new ByteArrayInputStream(Files.readAllBytes(file)), "callbacks")) {
            assertThat(net.tensors().keySet()).containsExactly("0.weight");
            assertThat(all.tensors().keySet()).containsExactly("loss");
            assertThat(streamed.tensors().keySet()).containsExactly("best");
        }
    }

    @Test
    void protocol0HasItsStoragesAndEscapesAsText() throws IOException {
        TorchFile torch = new TorchFile().entry("data/7", TorchFile.floats(1, 2));
        torch.ascii("V\\u20ac.w\nctorch._utils\n_rebuild_tensor_v2\n(");
        torch.ascii("P('storage', <class 'torch.FloatStorage'>, '7', 'cpu', 2)\n");
        torch.ascii("I0\n(I2\nt(L1L\ntI00\nNtRS'it\\'s \\x41'\nN");
        try (StateDict dict = StateDict.read(torch.write(folder))) {
            assertThat(dict.tensors().keySet()).containsExactly("\u20ac.w");
            assertThat(values(dict, "\u20ac.w")).containsExactly(1, 2);
        }
    }

    @Test
    void ofTorchScriptOnlyParametersAndBuffersAreRead() throws IOException {
        String code =
                """
                class Net(Module):
                  __parameters__ = ["weight", ]
                  __buffers__ = ["mean", ]
                  plain : Tensor
                """;
        TorchFile torch =
                new TorchFile()
                        .entry("code/__torch__/my.py", code.getBytes(StandardCharsets.US_ASCII));
        torch.text("net").global("__torch__.my", "Net").raw(')', 0x81, '}', '(');
        torch.floats("plain", new long[] {1}, 1).floats("mean", new long[] {1}, 2);
        torch.floats("weight", new long[] {1}, 3).raw('u', 'b');
        try (StateDict dict = StateDict.read(torch.write(folder))) {
            assertThat(dict.tensors().keySet()).containsExactly("mean", "weight");
        }
    }

    @Test
    void aWholeModuleIsReadByTheNamesOfItsStateDict() throws IOException {
        TorchFile torch = new TorchFile().text("net").global("my.own", "Net").raw(')', 0x81);
        torch.raw('}', '(').text("training").raw(0x88).text("_parameters").raw('}', '(');
        torch.floats("weight", new long[] {1}, 1).text("bias").raw('N', 'u');
        torch.text("_buffers").raw('}', '(').floats("scratch", new long[] {1}, 9);
        torch.floats("mean", new long[] {1}, 2).raw('u');
        torch.text("_non_persistent_buffers_set").global("builtins", "set");
        torch.raw('(', ']').text("scratch").raw('a', 't', 'R');
        torch.text("_modules").raw('}', '(').text("0").global("torch.nn", "Linear");
        torch.raw(')', 0x81, '}', '(').text("_parameters").raw('}', '(');
        torch.floats("weight", new long[] {2}, 3, 4).raw('u', 'u', 'b', 'u', 'u', 'b');
        try (StateDict dict = StateDict.read(torch.write(folder))) {
            assertThat(dict.tensors().keySet()).containsExactly("weight", "mean", "0.weight");
            assertThat(values(dict, "0.weight")).containsExactly(3, 4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenToAStreamIsReadFromMemory(WeightFormat format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (StateDict dict = StateDict.read(Fixtures.file("views.pth"))) {
            dict.write(format, out);
            try (StateDict back = StateDict.read(ByteBuffer.wrap(out.toByteArray()));
                    StateDict streamed =
                            StateDict.read(new ByteArrayInputStream(out.toByteArray()))) {
                assertThat(back.tensors().keySet())
                        .containsExactlyElementsOf(dict.tensors().keySet());
                for (String name : dict.tensors().keySet()) {
                    assertThat(back.get(name, manager).getShape())
                            .isEqualTo(dict.get(name, manager).getShape());
                    assertThat(values(back, name)).as(name).isEqualTo(values(dict, name));
                    assertThat(values(streamed, name)).isEqualTo(values(dict, name));
                }
            }
        }
    }

    @Test
    void aNeighbourThatEndsInPartialIsLeftAlone() throws IOException {
        Path neighbour = Files.writeString(folder.resolve("w.npz.partial"), "mine");
        try (StateDict dict = StateDict.read(Fixtures.file("views.pth"))) {
            dict.write(folder.resolve("w.npz"));
        }
        assertThat(neighbour).hasContent("mine");
        assertThat(folder).isDirectoryNotContaining("glob:**w.npz.?*.partial");
    }

    @Test
    void aFolderThatIsMissingIsNamed() throws IOException {
        try (StateDict dict = StateDict.read(Fixtures.file("views.pth"))) {
            assertThatThrownBy(() -> dict.write(folder.resolve("none").resolve("w.npz")))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining("there is no folder " + folder.resolve("none"));
        }
    }

    @Test
    void aFlippedBitInAnNpzIsFound() throws IOException {
        Path file = folder.resolve("w.npz");
        try (StateDict dict = StateDict.read(Fixtures.file("views.pth"))) {
            dict.write(file);
        }
        byte[] bytes = Files.readAllBytes(file);
        bytes[200] ^= 1; // in the values of the first array
        Files.write(file, bytes);
        try (StateDict dict = StateDict.read(file)) {
            assertThatThrownBy(() -> dict.get("whole", manager))
                    .isInstanceOf(MalformedWeightsException.class)
                    .hasMessageContaining("its checksum is wrong");
        }
    }

    @Test
    void valuesAreWrittenInTheOrderOfTheBuffer() throws IOException {
        try (StateDict dict = StateDict.read(Fixtures.file("views.pth"))) {
            ByteBuffer big = ByteBuffer.allocate(24 * 4).order(ByteOrder.BIG_ENDIAN);
            dict.tensors().get("whole").read(big);
            assertThat(big.getFloat(5 * 4)).isEqualTo(5);
        }
        NDArray array = manager.arange(3f);
        Block block = new SequentialBlock().add(Linear.builder().setUnits(3).build());
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 1));
        array.copyTo(block.getParameters().valueAt(1).getArray());
        try (StateDict dict = StateDict.of(block)) {
            ByteBuffer big = ByteBuffer.allocate(3 * 4).order(ByteOrder.BIG_ENDIAN);
            dict.tensors().get("01Linear.bias").read(big);
            assertThat(big.getFloat(2 * 4)).isEqualTo(2);
        }
    }

    @Test
    void unknownKeyIsToldWithTheKeys() {
        assertThatThrownBy(() -> StateDict.read(Fixtures.file("checkpoint.pth"), "net"))
                .isInstanceOf(MalformedWeightsException.class)
                .hasMessageContaining("it has no key 'net'; give the key of one: model");
    }

    @Test
    void pickleProtocol4IsRead() throws IOException {
        try (StateDict dict = StateDict.read(Fixtures.file("protocol4.pth"));
                StateDict protocol2 = StateDict.read(Fixtures.file("checkpoint.pth"), "model")) {
            assertThat(dict.tensors().keySet())
                    .containsExactlyElementsOf(protocol2.tensors().keySet());
            assertThat(values(dict, "0.weight")).isEqualTo(values(protocol2, "0.weight"));
        }
    }

    @Test
    void unknownNameIsRefused() throws IOException {
        try (StateDict dict = StateDict.read(Fixtures.file("types.pth"))) {
            assertThatThrownBy(() -> dict.get("weight", manager))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected one of 9 names, got weight");
        }
    }

    @Test
    void arraysOutliveTheFile() throws IOException {
        NDArray array;
        try (StateDict dict = StateDict.read(Fixtures.file("types.pth"))) {
            array = dict.get("float32", manager);
        }
        assertThat(array.muli(2).toFloatArray()).containsExactly(-5, -2, 0, 2, 4, 7);
    }

    private double[] values(StateDict dict, String name) throws IOException {
        try (NDArray array = dict.get(name, manager)) {
            return array.toType(DataType.FLOAT64, true).toDoubleArray();
        }
    }

    private static double[] range(int count) {
        return IntStream.range(0, count).asDoubleStream().toArray();
    }
}
