package io.github.djlnorm;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlnorm.testing.OnPyTorch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole program that the README shows. */
@OnPyTorch("the program asks for PyTorch")
class ReadmeProgramTest {

    private static final Pattern PROGRAM =
            Pattern.compile("```java\n(import .*?public class (\\w+) .*?)```", Pattern.DOTALL);
    private static final Pattern ROW = Pattern.compile("\\[+ *([0-9.e-]+) *, *([0-9.e-]+) *]");

    @TempDir private Path folder;

    @Test
    void trainsSavesLoadsAndTellsTheStripesApart() throws IOException, InterruptedException {
        Matcher program = PROGRAM.matcher(Files.readString(Path.of("..", "README.md")));
        assertThat(program.find()).isTrue();
        String name = program.group(2);
        Path source = Files.writeString(folder.resolve(name + ".java"), program.group(1));
        Compilation.of(source);

        String output = run(name);

        assertThat(folder.resolve("first-model")).isDirectory();
        Matcher rows = ROW.matcher(output);
        for (int row = 0; row < 2; row++) {
            assertThat(rows.find()).as(output).isTrue();
            assertThat(Double.parseDouble(rows.group(2)))
                    .as(output)
                    .isGreaterThan(Double.parseDouble(rows.group(1)));
        }
    }

    private String run(String name) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                folder
                                        + System.getProperty("path.separator")
                                        + Compilation.CLASS_PATH,
                                name)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
