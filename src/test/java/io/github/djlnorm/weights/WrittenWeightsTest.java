package io.github.djlnorm.weights;

import static io.github.djlnorm.weights.Fixtures.values;
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
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Writing tensors to files and streams. */
class WrittenWeightsTest {

    @TempDir private Path folder;
    @Managed private NDManager manager;

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
}
