package io.github.djlnorm.samples.studies.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.CommandResult;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.plot.Spread;
import io.github.djlnorm.samples.studies.StudyRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchSizeStudyTest {

    private static final List<StudyRun> RUNS =
            List.of(
                    new StudyRun(Norm.batch(), 32, 1),
                    new StudyRun(Norm.group(8), 32, 1),
                    new StudyRun(Norm.batch(), 2, 1));

    private final StringWriter out = new StringWriter();

    @TempDir private Path folder;

    @Test
    void aStoppedStudyGoesOnWhereItWas() throws Exception {
        List<StudyRun> carriedOut = new ArrayList<>();
        assertThatThrownBy(
                        () ->
                                run(
                                        run -> {
                                            if (carriedOut.size() == 2) {
                                                throw new IOException("the power is off");
                                            }
                                            carriedOut.add(run);
                                            return result(0.25);
                                        }))
                .hasMessage("the power is off");
        carriedOut.clear();
        BatchSizeStudy study = run(run -> carriedOutAnd(carriedOut, run));
        assertThat(carriedOut).containsExactly(RUNS.get(2));
        assertThat(study.done().keySet()).containsExactlyElementsOf(RUNS);
        assertThat(study.done().get(RUNS.get(0))).isEqualTo(result(0.25));
    }

    @Test
    void whatAnotherProcessIsAboutIsLeftToIt() throws Exception {
        List<StudyRun> carriedOut = new ArrayList<>();
        new StudyFolder(folder, "setting");
        Path lock = folder.resolve("runs").resolve(RUNS.get(1).fileName() + ".lock");
        try (FileChannel channel =
                FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileLock held = channel.lock();
            run(run -> carriedOutAnd(carriedOut, run));
            held.release();
        }
        assertThat(carriedOut).containsExactly(RUNS.get(0), RUNS.get(2));
    }

    @Test
    void whatThisProcessIsAboutIsDoneOnce() throws Exception {
        StudyFolder study = new StudyFolder(folder, "setting");
        List<StudyRun> carriedOut = new ArrayList<>();
        study.carryOut(
                RUNS.get(0),
                run -> {
                    study.carryOut(run, again -> carriedOutAnd(carriedOut, again));
                    return carriedOutAnd(carriedOut, run);
                });
        assertThat(carriedOut).containsExactly(RUNS.get(0));
        assertThat(folder.resolve("runs")).isDirectoryNotContaining("glob:**.lock");
    }

    @Test
    void anotherStudyIsRefused() throws Exception {
        new StudyFolder(folder, "20 layers");
        assertThatThrownBy(() -> new StudyFolder(folder, "8 layers"))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        folder
                                + " holds another study (20 layers), not this one (8 layers): give"
                                + " another --output");
    }

    @Test
    void aDamagedResultIsRefusedAndKept() throws Exception {
        run(run -> result(0.5));
        Path file = folder.resolve("runs").resolve("group-8-batch32-seed1.csv");
        for (String damage : List.of("", "x\n", BatchSizeResult.HEADER + "\n1,2,3\n")) {
            Files.writeString(file, damage);
            assertThatThrownBy(() -> run(run -> result(0.5)))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(file + " is damaged: remove it, and its run will be repeated");
            assertThat(file).hasContent(damage);
        }
    }

    @Test
    void aDivergedRunIsKeptAsOne() throws Exception {
        BatchSizeStudy study = run(run -> BatchSizeResult.diverged(10, 3));
        assertThat(study.done().get(RUNS.get(0)).testError()).isEqualTo(0.9);
        assertThat(out.toString())
                .contains(
                        "1 of 3: batch at batch size 32, seed 1: test error"
                                + " 0.9000 (diverged) in 3 s");
    }

    @Test
    void theTimeLeftIsThatOfRunsOfTheSameBatchSize() throws Exception {
        run(run -> new BatchSizeResult(1, 0.5, 0.5, run.batchSize() == 32 ? 120 : 600));
        assertThat(out.toString().lines().toList())
                .element(0)
                .asString()
                .endsWith("in 120 s, about 4 minutes left");
    }

    @Test
    void theSpreadIsTheStandardDeviationOfSingleSeeds() {
        assertThat(Spread.of(List.of(0.1, 0.2, 0.6)).mean()).isCloseTo(0.3, within(1e-12));
        // (0.2^2 + 0.1^2 + 0.3^2) / 2 = 0.07
        assertThat(Spread.of(List.of(0.1, 0.2, 0.6)).deviation())
                .isCloseTo(Math.sqrt(0.07), within(1e-12));
        assertThat(Spread.of(List.of(0.4)).deviation()).isZero();
    }

    @Test
    void theTableShowsMeansAndHowFarTheyMove() {
        Map<StudyRun, BatchSizeResult> results = new LinkedHashMap<>();
        results.put(new StudyRun(Norm.batch(), 32, 1), result(0.4));
        results.put(new StudyRun(Norm.batch(), 32, 2), result(0.5));
        results.put(new StudyRun(Norm.batch(), 2, 1), result(0.7));
        BatchSizeSummary summary = BatchSizeSummary.of(4, results);
        assertThat(summary.lines().get(0)).matches("test error, batch +32 +2 +moves");
        assertThat(summary.lines().get(1)).matches("values per channel +128 +8");
        assertThat(summary.lines().get(2))
                .startsWith("batch")
                .contains("0.4500 \u00b10.0707", "0.7000 \u00b10.0000")
                .endsWith(" 0.2500");
        assertThat(summary.csv())
                .containsExactly(
                        "norm,batch size,values per channel,mean test error,standard deviation,seeds",
                        "batch,32,128,0.450000,0.070711,2",
                        "batch,2,8,0.700000,0.000000,1");
    }

    @Test
    void theQuickStudyEndsWithAChart() {
        Path output = folder.resolve("quick");
        CommandResult run =
                CommandResult.of("batch-size-study", "--quick", "--output", output.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .startsWith("resnet:8 on drawn shapes (seed 1) at 4x4 pixels, sgd")
                .contains(
                        "4 of 4: group:8 at batch size 2, seed 1: test error 0.",
                        "At batch size 2, with 2 values per channel, ");
        assertThat(output.resolve("error-by-batch-size.png")).isNotEmptyFile();
        assertThat(output.resolve("summary.csv")).isNotEmptyFile();
    }

    private BatchSizeStudy run(StudyFolder.Trainer trainer) throws Exception {
        BatchSizeStudy study = new BatchSizeStudy(new StudyFolder(folder, "setting"), RUNS);
        study.run(trainer, new PrintWriter(out, true));
        return study;
    }

    private static BatchSizeResult carriedOutAnd(List<StudyRun> carriedOut, StudyRun run) {
        carriedOut.add(run);
        return result(0.5);
    }

    private static BatchSizeResult result(double testError) {
        return new BatchSizeResult(1.5, 0.25, testError, 60);
    }
}
