package io.github.djlnorm.samples.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.djlnorm.samples.spark.training.Checkpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar that Maven has just built, by the script and as spark-submit runs it. */
class LauncherIT {

    private static final Path TARGET = Path.of("target").toAbsolutePath();

    @TempDir private Path folder;

    @Test
    void theScriptRunsTheProgram() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no sh here");
        String script = Path.of("..", "djl-norm-spark").toAbsolutePath().normalize().toString();

        assertThat(run(List.of(script, "--help")))
                .contains("Usage: djl-norm-spark ")
                .contains("train", "score", "partitions", "sizing", "tour");
    }

    /** What the script spark-submit starts, with the jars that its option names. */
    @Test
    void sparkSubmitRunsTheJar() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Arrays.asList(System.getProperty("spark.opens").split(" ", -1)));
        command.addAll(List.of("-cp", TARGET.resolve("lib") + "/*"));
        command.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", "local[1]"));
        command.addAll(List.of("--class", Main.class.getName(), "--jars", jars()));
        command.add(TARGET.resolve("djl-norm-spark.jar").toString());
        command.addAll(List.of("train", "--steps", "1", "--output", folder + "/model"));

        assertThat(run(command)).contains("step    1   loss").contains("model: ");
        assertThat(folder.resolve("model").resolve(Checkpoint.FILE)).exists();
    }

    private static String jars() throws IOException {
        try (Stream<Path> jars = Files.list(TARGET.resolve("jars"))) {
            return jars.map(Path::toString).collect(Collectors.joining(","));
        }
    }

    private String run(List<String> command) throws Exception {
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out;
    }
}
