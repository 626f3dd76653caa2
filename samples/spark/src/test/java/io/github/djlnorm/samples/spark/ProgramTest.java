package io.github.djlnorm.samples.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.spark.training.Checkpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The program as a user sees it, on local[2]. */
class ProgramTest {

    @TempDir private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aTrainedModelScoresImagesAndItsTrainingGoesOn() throws Exception {
        Path model = folder.resolve("model");
        assertRuns("train --net resnet:8 --steps 2 --output", model);
        byte[] afterTwo = Files.readAllBytes(model.resolve(Checkpoint.FILE));

        assertRefused(
                "already: go on with --resume", "train --net resnet:8 --steps 2 --output", model);
        assertRefused(
                "is of another training",
                "train --net resnet:14 --steps 4 --resume --output",
                model);
        assertRefused(
                "has had 2 steps: give more",
                "train --net resnet:8 --steps 2 --resume --output",
                model);
        assertThat(model.resolve(Checkpoint.FILE)).hasBinaryContent(afterTwo);

        Path scores = folder.resolve("scores");
        assertRuns("score --format csv --model " + model + " --output", scores);
        assertThat(out.toString()).contains("1000 images, 0 of them bad");
        try (Stream<Path> parts = Files.list(scores)) {
            List<String> lines =
                    parts.filter(part -> part.toString().endsWith(".csv"))
                            .flatMap(ProgramTest::lines)
                            .filter(line -> !line.startsWith("path,"))
                            .toList();
            assertThat(lines)
                    .hasSize(1000)
                    .allMatch(line -> line.matches(".+\\.png,\\w+,[\\d.E-]+,(\"\")?"));
        }
        assertRefused("cannot write to", "score --model " + model + " --output", scores);
        assertRefused(
                "no image in",
                "score --model " + model + " --images " + emptyFolder() + " --output",
                folder.resolve("none"));
        assertRefused(
                "cannot read",
                "score --model " + model + " --images nowhere --output",
                folder.resolve("none"));
    }

    /** As if it had not been interrupted: the same checkpoint, to the bit. */
    @Test
    void aTrainingThatIsGoneOnWithEndsAsAnUninterruptedOne() throws Exception {
        Path interrupted = folder.resolve("interrupted");
        Path whole = folder.resolve("whole");
        assertRuns("train --net resnet:8 --partitions 1 --steps 2 --output", interrupted);
        assertRuns("train --net resnet:8 --partitions 1 --steps 4 --resume --output", interrupted);
        assertRuns("train --net resnet:8 --partitions 1 --steps 4 --output", whole);

        assertThat(interrupted.resolve(Checkpoint.FILE))
                .hasSameBinaryContentAs(whole.resolve(Checkpoint.FILE));
    }

    @Test
    void whatCannotBeUsedIsToldInALine() throws Exception {
        Path output = folder.resolve("output");
        assertRefused("no model", "score --model nowhere --output", output);
        Path noModel = Files.writeString(folder.resolve(Classifier.FILE), "none");
        assertRefused("is damaged or no model", "score --output x --model", noModel);
        assertRefused(
                "cannot reach the master spark://127.0.0.1:1",
                "train --steps 1 --master spark://127.0.0.1:1 --output",
                output);
        assertRefused(
                "cannot reach the master nothing",
                "train --steps 1 --master nothing --output",
                output);
        assertRefused("no training to go on with", "train --resume --output", output);
        assertRefused("--partitions must be at least 1", "train --partitions 0 --output", output);
        assertRefused(
                "give --images or --table",
                "score --model m --images i --table t --output",
                output);
    }

    @Test
    void aTableNeedsItsColumns() throws Exception {
        Path model = folder.resolve("model");
        assertRuns("train --net resnet:8 --steps 1 --output", model);
        String table = folder.resolve("table").toString();
        try (SparkSession session = new Cluster("local[1]").start()) {
            List<Row> rows = session.range(3).toDF().collectAsList();
            assertThat(rows).hasSize(3);
            session.range(3).write().parquet(table);
        }
        assertRefused(
                "must have the columns path and content, but has id",
                "score --model " + model + " --table " + table + " --output",
                folder.resolve("scores"));
    }

    private Path emptyFolder() throws Exception {
        Path empty = folder.resolve("empty");
        Files.createDirectories(empty);
        Files.writeString(empty.resolve("text.txt"), "no image");
        return empty;
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertRuns(String command, Path last) {
        assertThat(run(command, last)).as(err::toString).isZero();
    }

    private void assertRefused(String message, String command, Path last) {
        assertThat(run(command, last)).isEqualTo(2);
        assertThat(err.toString().lines()).singleElement().asString().contains(message);
    }

    private int run(String command, Path last) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine program = Main.program();
        program.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Main.run(program, (command + " " + last).split(" ", -1));
    }
}
