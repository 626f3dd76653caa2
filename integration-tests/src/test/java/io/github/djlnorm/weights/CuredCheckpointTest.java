package io.github.djlnorm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.djl.ndarray.NDManager;
import io.github.djlnorm.parity.RealPyTorch;
import io.github.djlnorm.testing.Managed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The line of Python in a refusal makes, in a real PyTorch, a file that is read. */
class CuredCheckpointTest {

    @RegisterExtension static final RealPyTorch PYTORCH = new RealPyTorch();

    @TempDir private Path folder;
    @Managed private NDManager manager;

    @Test
    void theLineOfARefusalCuresTheFile() throws IOException {
        String line = null;
        try (StateDict odd = StateDict.read(made("odd.pth", ""))) {
            assertThat(odd.tensors()).containsOnlyKeys("good", "exact");
            assertThat(odd.refused())
                    .containsOnlyKeys("sparse", "quantized", "expanded", "float8", "complex");
            for (String name : odd.refused().keySet()) {
                String message =
                        catchThrowableOfType(
                                        IllegalArgumentException.class,
                                        () -> odd.get(name, manager))
                                .getMessage();
                line = message.substring(message.indexOf("import torch"));
            }
        }
        try (StateDict cured = StateDict.read(made("cured.pth", line))) {
            assertThat(cured.refused()).isEmpty();
            assertThat(cured.tensors())
                    .containsOnlyKeys("good", "exact", "sparse", "quantized", "expanded", "float8");
            assertThat(cured.get("exact", manager).toLongArray()).containsExactly((1L << 53) + 1);
            assertThat(cured.get("good", manager).toFloatArray()).containsExactly(0, 1, 2);
            assertThat(cured.get("sparse", manager).toFloatArray()).containsExactly(1, 0, 0, 1);
            for (String name : new String[] {"quantized", "float8"}) {
                assertThat(cured.get(name, manager).toFloatArray()).as(name).containsExactly(1, 1);
            }
            assertThat(cured.get("expanded", manager).toFloatArray()).containsExactly(1, 1, 1);
        }
    }

    private Path made(String name, String line) throws IOException {
        Path file = folder.resolve(name);
        PYTORCH.get()
                .run(
                        CuredCheckpointTest.class,
                        "cured.py",
                        Files.writeString(folder.resolve(name + ".txt"), line),
                        file);
        return file;
    }
}
