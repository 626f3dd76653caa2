package io.github.djlnorm.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script djl-norm in a project of its own, whose path has blanks, with stand-ins for Maven and
 * Java that tell how they were called.
 */
class LauncherTest {

    private static final String BUILDING =
            "djl-norm: building, which takes a minute the first time";

    @TempDir(factory = SpacedFolder.class)
    private Path folder;

    private Path project;
    private Path script;
    private Path elsewhere;

    @BeforeEach
    void makeProject() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no sh here");
        project = Files.createDirectories(folder.resolve("the project"));
        elsewhere = Files.createDirectories(folder.resolve("else where"));
        for (String path : List.of("src/main", "samples/src/main")) {
            Files.createDirectories(project.resolve(path));
            Files.createFile(project.resolve(path).resolve("A.java"));
        }
        for (String path : List.of("pom.xml", "src/pom.xml", "samples/pom.xml")) {
            Files.createFile(project.resolve(path));
        }
        script = project.resolve("samples/djl-norm");
        Files.copy(Path.of("djl-norm"), script);
        executable(
                "mvn", "pwd; mkdir -p samples/target; touch samples/target/djl-norm-samples.jar");
        executable("java", "printf '<%s>\\n' \"$@\"; exit 7");
    }

    @Test
    void buildsOnceAndSaysSo() throws Exception {
        CommandResult first = run(script, "--help");
        assertThat(first.err().lines()).containsExactly(BUILDING, project.toRealPath().toString());
        assertThat(run(script, "--help").err()).isEmpty();
    }

    @Test
    void buildsAgainWhereASourceIsNewerThanTheJar() throws Exception {
        run(script);
        FileTime later = FileTime.from(Instant.now().plusSeconds(60));
        Files.setLastModifiedTime(project.resolve("src/main/A.java"), later);
        assertThat(run(script).err()).startsWith(BUILDING);
    }

    @Test
    void aFailedBuildIsTheEnd() throws Exception {
        executable("mvn", "echo no compiler; exit 1");
        CommandResult run = run(script, "train");
        assertThat(run.err().lines())
                .hasSize(3)
                .startsWith(BUILDING, "no compiler")
                .last()
                .asString()
                .startsWith("djl-norm: the build failed");
        assertThat(run.out()).isEmpty();
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void argumentsAndTheExitStatusPassAsTheyAre() throws Exception {
        CommandResult run = run(script, "predict", "a b", "", "*", "$HOME", "'\"\\", "-x");
        Path jar = project.toRealPath().resolve("samples/target/djl-norm-samples.jar");
        assertThat(run.out().lines())
                .containsExactly(
                        "<-jar>",
                        "<" + jar + ">",
                        "<predict>",
                        "<a b>",
                        "<>",
                        "<*>",
                        "<$HOME>",
                        "<'\"\\>",
                        "<-x>");
        assertThat(run.status()).isEqualTo(7);
    }

    @Test
    void worksThroughLinksToIt() throws Exception {
        Path absolute = Files.createSymbolicLink(elsewhere.resolve("first link"), script);
        Path relative =
                Files.createSymbolicLink(
                        folder.resolve("second"), Path.of("else where/first link"));
        assertThat(run(absolute).out()).isEqualTo(run(script).out());
        assertThat(run(relative).out()).isEqualTo(run(script).out());
    }

    private void executable(String name, String command) throws IOException {
        Path file = Files.createDirectories(folder.resolve("jdk 17/bin")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + command + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private CommandResult run(Path program, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(elsewhere.toFile());
        Path jdk = folder.resolve("jdk 17");
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment()
                .merge("PATH", jdk.resolve("bin").toString(), (old, own) -> own + ":" + old);
        return CommandResult.of(builder);
    }
}
