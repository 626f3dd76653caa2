package io.github.djlnorm.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script djl-norm with the jar that Maven has just built, from a folder with a blank. */
class LauncherIT {

    @TempDir(factory = SpacedFolder.class)
    private Path folder;

    @Test
    void helpNamesTheProgramAndItsCommands() throws Exception {
        CommandResult run = run("--help");
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("Usage: djl-norm ")
                .contains("train", "predict", "compare", "batch-size-study", "lighting-study")
                .contains("data-parallel", "stylize", "weights");
        assertThat(run.status()).isZero();
    }

    @Test
    void anUnknownCommandIsNotRun() throws Exception {
        CommandResult run = run("trian", "--epochs", "1");
        assertThat(run.err()).contains("did you mean train?");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void aFileWithBlanksInItsNameIsOne() throws Exception {
        CommandResult run = run("weights", "inspect", "no such file.pth");
        assertThat(run.err().lines())
                .containsExactly("Error: no file no such file.pth: give one with weights");
        assertThat(run.status()).isEqualTo(2);
    }

    private CommandResult run(String... args) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no sh here");
        List<String> command =
                new ArrayList<>(List.of(Path.of("djl-norm").toAbsolutePath().toString()));
        command.addAll(List.of(args));
        return CommandResult.of(new ProcessBuilder(command).directory(folder.toFile()));
    }
}
