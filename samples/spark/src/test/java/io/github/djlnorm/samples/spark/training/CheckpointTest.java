package io.github.djlnorm.samples.spark.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlnorm.samples.cli.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

    @TempDir private Path folder;

    @BeforeEach
    void write() throws IOException {
        new Checkpoint("a net", List.of(2.5, 2.25), new byte[] {1, 2, 3}, new float[] {-1, 0.5f})
                .write(folder);
    }

    @Test
    void holdsWhatWasWritten() {
        Checkpoint read = Checkpoint.read(folder, "a net");

        assertThat(read.losses()).containsExactly(2.5, 2.25);
        assertThat(read.parameters()).containsExactly(1, 2, 3);
        assertThat(read.velocity()).containsExactly(-1, 0.5f);
    }

    @Test
    void anotherTrainingIsNotGoneOnWith() {
        assertThatThrownBy(() -> Checkpoint.read(folder, "a larger net"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("(a net), not of a larger net");
    }

    @Test
    void noTrainingIsNotGoneOnWith() throws IOException {
        Files.delete(folder.resolve(Checkpoint.FILE));
        assertThatThrownBy(() -> Checkpoint.read(folder, "a net"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("leave out --resume");
    }

    @Test
    void everyFlippedBitAndEveryCutIsNoticed() throws IOException {
        Path file = folder.resolve(Checkpoint.FILE);
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 1;
            Files.write(file, flipped);
            assertDamaged();
            Files.write(file, Arrays.copyOf(whole, i));
            assertDamaged();
        }
    }

    private void assertDamaged() {
        assertThatThrownBy(() -> Checkpoint.read(folder, "a net"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("is damaged");
    }
}
