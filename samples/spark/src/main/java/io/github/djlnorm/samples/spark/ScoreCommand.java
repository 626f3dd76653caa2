package io.github.djlnorm.samples.spark;

import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.classification.ModelFile;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.cli.OptionRules;
import io.github.djlnorm.samples.data.CommonOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Classifies many images on all of Spark's executors. */
@Command(
        name = ScoreCommand.NAME,
        description =
                "Classifies images with a model that 'train' saved, here or in djl-norm: a row for"
                        + " each with path, class, probability and error.")
final class ScoreCommand implements Callable<Integer> {

    static final String NAME = "score";

    private static final String IMAGES = "*.{jpg,jpeg,png,gif,bmp,JPG,JPEG,PNG,GIF,BMP}";

    /** What the scores are written as. */
    enum Format {
        PARQUET,
        CSV
    }

    @Spec private CommandSpec spec;

    @Mixin private Cluster cluster;

    @Mixin private CommonOptions common;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "PATH",
            description = "The output folder of 'train', or a model's file.")
    private Path model;

    @Option(
            names = "--images",
            paramLabel = "URL",
            description =
                    "A folder with images, in folders within it too, where all executors find it."
                            + " Default: shapes that the program draws.")
    private String images;

    @Option(
            names = "--table",
            paramLabel = "URL",
            description =
                    "A Parquet table with the columns path (text) and content (bytes), instead of"
                            + " --images.")
    private String table;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "URL",
            description = "Where the rows go: a folder that is not there yet.")
    private String output;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            defaultValue = "parquet",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Format format;

    @Override
    public Integer call() throws Exception {
        if (images != null && table != null) {
            throw new BadInputException("give --images or --table, not both");
        }
        common.apply(new OptionRules(spec));
        byte[] content = modelContent();
        try (SparkSession session = cluster.start()) {
            Dataset<Row> input = input(session);
            if (input.isEmpty()) {
                throw new BadInputException(
                        "no image in %s: give a folder with %s files"
                                .formatted(images == null ? table : images, IMAGES));
            }
            score(session, input, content);
        }
        return 0;
    }

    /** Also checks that it is a model, before Spark starts. */
    private byte[] modelContent() throws IOException {
        Path file = Classifier.file(model);
        byte[] content = ModelFile.read(file, TrainCommand.NAME);
        Classifier.read(content, file).requireOfImages(file).close();
        return content;
    }

    private Dataset<Row> input(SparkSession session) throws Exception {
        try {
            if (table != null) {
                return checked(session.read().parquet(table));
            }
            return images == null
                    ? DrawnImages.table(session, common)
                    : session.read()
                            .format("binaryFile")
                            .option("recursiveFileLookup", "true")
                            .option("pathGlobFilter", IMAGES)
                            .load(images);
        } catch (Exception e) {
            if (e instanceof AnalysisException) {
                throw new BadInputException(
                        "cannot read %s: %s"
                                .formatted(images == null ? table : images, firstLine(e)),
                        e);
            }
            throw e;
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("");
    }

    private Dataset<Row> checked(Dataset<Row> rows) {
        if (!Arrays.asList(rows.columns()).containsAll(Arrays.asList("path", "content"))) {
            throw new BadInputException(
                    "%s must have the columns path and content, but has %s: rename them"
                            .formatted(table, String.join(", ", rows.columns())));
        }
        return rows;
    }

    private void score(SparkSession session, Dataset<Row> input, byte[] content) {
        long start = System.nanoTime();
        Dataset<Row> scores = Scoring.of(input, content);
        TaskProgress.during(session.sparkContext(), () -> write(scores));
        double seconds = (System.nanoTime() - start) / 1e9;
        report(written(session), seconds, session.sparkContext().defaultParallelism());
    }

    private void write(Dataset<Row> scores) {
        try {
            if (format == Format.CSV) {
                scores.write().option("header", "true").csv(output);
            } else {
                scores.write().parquet(output);
            }
        } catch (Exception e) {
            if (e instanceof AnalysisException) {
                throw new BadInputException(
                        "cannot write to %s: %s Give another --output"
                                .formatted(output, firstLine(e)),
                        e);
            }
            throw e;
        }
    }

    private Dataset<Row> written(SparkSession session) {
        return format == Format.CSV
                ? session.read().option("header", "true").csv(output)
                : session.read().parquet(output);
    }

    private void report(Dataset<Row> rows, double seconds, int cores) {
        long all = rows.count();
        long bad = rows.filter("error is not null").count();
        PrintWriter out = spec.commandLine().getOut();
        rows.filter("error is not null")
                .limit(10)
                .collectAsList()
                .forEach(row -> out.println(row.getAs("path") + ": " + row.getAs("error")));
        out.printf(
                Locale.ROOT,
                "%d images, %d of them bad, in %.1f s: %.0f images per second and core%n",
                all,
                bad,
                seconds,
                all / seconds / cores);
        out.println("scores: " + output);
        out.flush();
    }
}
