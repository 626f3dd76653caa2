package io.github.djlnorm.samples.studies.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.CommandResult;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.plot.Spread;
import io.github.djlnorm.samples.studies.StudyRun;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchSizeFigureTest {

    private static final String SETTING = "resnet:14 on my, own at %dx%1$d pixels, sgd, 6 epochs";

    @TempDir private Path folder;

    @Test
    void studiesAreDrawnSideBySide() throws Exception {
        Path left = study("left", 4, Map.of("batch-batch32-seed1", 0.5, "batch-batch2-seed1", 0.7));
        Path right = study("right", 8, Map.of("group-8-batch2-seed1", 0.6));
        CommandResult run =
                CommandResult.of(
                        "batch-size-study",
                        "figure",
                        left.toString(),
                        right.toString(),
                        "--output",
                        folder.resolve("both").toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        // One position at 4x4 pixels, 2x2 at 8x8.
        assertThat(run.out())
                .contains("resnet:14 on my, own at 4x4 pixels", "resnet:14 on my, own at 8x8")
                .containsPattern("values per channel +32 +2\\R")
                .containsPattern("values per channel +8\\R");
        BufferedImage both = ImageIO.read(folder.resolve("both/error-by-batch-size.png").toFile());
        assertThat(both.getWidth()).isEqualTo(2 * 640);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "batch-batch32-seed1.csv | 20 layers | is no study of batch sizes: no net and no"
                        + " image size in '20 layers'",
                "vgg-batch2-seed1.csv | | vgg-batch2-seed1.csv is no run's result: remove it",
                "batch-seed1.csv | | batch-seed1.csv is no run's result: remove it",
                "batch-batch02-seed1.csv | | batch-batch02-seed1.csv is no run's result: remove it",
                "batch-batch2-seed1.csv.lock | | has no results yet: run its study",
            })
    void aFolderOfSomethingElseIsRefused(String file, String setting, String message)
            throws IOException {
        Path study = study("other", 4, Map.of());
        Files.writeString(
                study.resolve("runs").resolve(file), BatchSizeResult.HEADER + "\n1,1,1,1\n");
        if (setting != null) {
            Files.writeString(study.resolve("study.txt"), setting);
        }
        CommandResult run = CommandResult.of("batch-size-study", "figure", study.toString());
        assertThat(run.err()).startsWith("Error: " + study).contains(message);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void aFolderWithoutRunsIsRefused() throws IOException {
        Files.writeString(folder.resolve("study.txt"), SETTING.formatted(4));
        assertThatThrownBy(() -> BatchSizeReport.of(StudyFolder.existing(folder)))
                .isInstanceOf(BadInputException.class)
                .hasMessage("no folder " + folder.resolve("runs") + ": run its study");
    }

    @Test
    void resultsComeInAnOrderOfTheirOwn() throws IOException {
        Map<String, Double> errors = new LinkedHashMap<>();
        for (String norm : List.of("none", "group-1", "group-8", "instance", "batch")) {
            errors.put(norm + "-batch2-seed1", 0.5);
            errors.put(norm + "-batch16-seed2", 0.5);
        }
        assertThat(StudyFolder.existing(study("study", 4, errors)).runs().results().keySet())
                .extracting(StudyRun::toString)
                .startsWith("batch at batch size 16, seed 2", "batch at batch size 2, seed 1")
                .containsSubsequence(
                        "group:8 at batch size 2, seed 1", "group:1 at batch size 16, seed 2")
                .endsWith("none at batch size 16, seed 2", "none at batch size 2, seed 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "none",
                "frozen-batch",
                "group:32",
                "group-exact:8",
                "group-channels:16",
                "instance:axis=-1",
                "group:8:axis=2:epsilon=1.0E-4",
                "batch:epsilon=0.001"
            })
    void theNameOfAFileTellsItsRun(String norm) {
        StudyRun run = new StudyRun(Norm.parse(norm), 16, 3);
        assertThat(StudyRun.ofFileName(run.fileName())).isEqualTo(run);
    }

    @Test
    void theVerdictComparesBatchNormWithTheFirstGroupNorm() {
        Map<Integer, Spread> batch = Map.of(32, spread(0.5, 0.01), 2, spread(0.625, 0.02));
        Map<Integer, Spread> group = Map.of(32, spread(0.5625, 0.01), 2, spread(0.5, 0.015));
        Map<Norm, Map<Integer, Spread>> errors = new LinkedHashMap<>();
        errors.put(Norm.none(), batch);
        errors.put(Norm.group(8), group);
        errors.put(Norm.batch(), batch);
        errors.put(Norm.group(1), batch);
        // 0.125 / 0.0625 = 2.
        assertThat(new BatchSizeVerdict(new BatchSizeSummary(4, errors)).lines())
                .containsExactly(
                        "Between batch sizes the test error moves by 12.5 points with batch and by"
                                + " 6.3 with group:8: 2.0 to 1.",
                        "At batch size 2, with 8 values per channel, group:8 is ahead by 12.5"
                                + " points, where the standard deviation over 3 seeds is 2.0 with"
                                + " batch and 1.5 with group:8.");
    }

    @Test
    void thereIsNoVerdictOnDifferentBatchSizes() {
        Map<Integer, Spread> both = Map.of(32, spread(0.5, 0), 2, spread(0.5, 0));
        Map<Integer, Spread> one = Map.of(32, spread(0.5, 0));
        assertThat(verdict(both, one)).isEmpty();
        assertThat(verdict(one, one)).hasSize(2);
    }

    private static List<String> verdict(Map<Integer, Spread> batch, Map<Integer, Spread> group) {
        return new BatchSizeVerdict(
                        new BatchSizeSummary(1, Map.of(Norm.batch(), batch, Norm.group(8), group)))
                .lines();
    }

    private static Spread spread(double mean, double deviation) {
        return new Spread(mean, deviation, 3);
    }

    private Path study(String name, int imageSize, Map<String, Double> errors) throws IOException {
        Path study = folder.resolve(name);
        Path runs = Files.createDirectories(study.resolve("runs"));
        Files.writeString(study.resolve("study.txt"), SETTING.formatted(imageSize));
        for (Map.Entry<String, Double> error : errors.entrySet()) {
            Files.writeString(
                    runs.resolve(error.getKey() + ".csv"),
                    BatchSizeResult.HEADER + "\n1.5,0.5," + error.getValue() + ",20.0\n");
        }
        return study;
    }
}
