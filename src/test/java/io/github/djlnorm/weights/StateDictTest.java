package io.github.djlnorm.weights;

import static io.github.djlnorm.weights.Fixtures.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.testing.Managed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading files that PyTorch and NumPy wrote. */
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
    void largeViewsCrossTheBuffer() throws IOException {
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

    private static double[] range(int count) {
        return IntStream.range(0, count).asDoubleStream().toArray();
    }
}
