package io.github.djlnorm.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.djlnorm.samples.cli.OutputFolder;
import io.github.djlnorm.samples.data.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs whose folder for results is taken, or on a disk that is full. */
class OutputFolderTest {

    private static final Path FULL = Path.of("/dev/full");

    @TempDir private Path folder;
    private Path data;
    private Path output;

    @BeforeEach
    void writeData() throws IOException {
        data = Pictures.write(folder.resolve("data"), 12, 1);
        output = folder.resolve("output");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "train --epochs 1",
                "compare --epochs 1",
                "stylize --quick",
                "lighting-study --quick",
                "data-parallel --quick"
            })
    void aFolderIsForOneRunAtATime(String command) throws IOException {
        CommandResult run;
        try (OutputFolder taken = OutputFolder.open(output)) {
            run = run(command);
            assertThat(taken.path()).isDirectoryNotContaining("glob:**[!k]");
        }
        assertThat(run.err().lines())
                .containsExactly(
                        "Error: another run writes to "
                                + output
                                + ": wait for its end or give another --output");
        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void aFolderIsFreeAfterARun() {
        assertThat(run("train --epochs 1").err()).isEmpty();
        assertThat(run("train --epochs 2 --resume").err()).isEmpty();
    }

    /** What is written to a file's name while it is not whole is a link to a full device here. */
    @ParameterizedTest
    @ValueSource(strings = {"study.txt", "runs/batch-batch16-seed1.csv", "error-by-batch-size.png"})
    void aFullDiskIsTold(String file) throws IOException {
        assumeTrue(Files.exists(FULL), "there is no " + FULL + " here");
        Path full = output.resolve(file);
        Files.createDirectories(full.getParent());
        Path partial =
                full.resolveSibling(
                        ".%s.%d".formatted(full.getFileName(), ProcessHandle.current().pid()));
        Files.createSymbolicLink(partial, FULL);
        CommandResult run = run("batch-size-study --quick --image-size 8");
        assertThat(run.err().lines())
                .containsExactly(
                        "Error: cannot write to "
                                + full
                                + " (No space left on device): make room there or give another"
                                + " --output");
        assertThat(run.status()).isEqualTo(2);
        try (Stream<Path> left = Files.walk(output)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .noneMatch(name -> name.startsWith(".") || name.endsWith(".lock"))
                    .doesNotContain(full.getFileName().toString());
        }
    }

    private CommandResult run(String command) {
        List<String> rest = List.of("--data", data.toString(), "--output", output.toString());
        return CommandResult.of(
                Stream.concat(Stream.of(command.split(" ")), rest.stream()).toArray(String[]::new));
    }
}
