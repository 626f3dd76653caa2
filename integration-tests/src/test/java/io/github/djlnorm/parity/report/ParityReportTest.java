package io.github.djlnorm.parity.report;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.cases.Affine;
import io.github.djlnorm.parity.cases.Distribution;
import io.github.djlnorm.parity.cases.Grid;
import io.github.djlnorm.parity.cases.KnownFault;
import io.github.djlnorm.parity.cases.Layer;
import io.github.djlnorm.parity.cases.Mode;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.implementations.BorderlineConfiguration;
import io.github.djlnorm.parity.implementations.BorderlineConfiguration.Answer;
import io.github.djlnorm.parity.verdict.Cell;
import io.github.djlnorm.parity.verdict.ParityRun;
import io.github.djlnorm.parity.verdict.Tally;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the report says of itself: how much was compared, and how to see it again. */
class ParityReportTest {

    private static final ParityCase PLAIN =
            ParityCase.of(Layer.GROUP_NORM, new Shape(2, 12, 5, 7), 4);
    private static final Origin ORIGIN =
            new Origin(
                    List.of("--image", "some/image:1"),
                    "2026-11-01",
                    "Linux, 2 processors",
                    "DJL 1");

    @TempDir private Path folder;

    @Test
    void whatComparesNothingOrRepeatsIsCountedApart() {
        ParityCase constant = PLAIN.with(Distribution.CONSTANT).with(Affine.NONE).with(Mode.INFER);
        ParityReport report =
                report(
                        PLAIN,
                        PLAIN.with(Mode.EVAL), // the same numbers
                        PLAIN.with(Mode.INFER).with(new Shape(0, 12, 5, 7)),
                        constant);

        String contents =
                "10 cells: 4 distinct comparisons of values, 4 that repeat one of them, 1 of zeros,"
                        + " 0 of NaN or infinities, 1 of nothing";
        assertThat(new Summary(report).contents()).isEqualTo(contents);
        assertThat(ConsoleTable.of(report)).contains(contents);
    }

    @Test
    void eachFaultShowsItsOwnError() {
        ParityCase shift = PLAIN.with(Affine.SHIFT);
        ParityReport report =
                report(
                        shift,
                        PLAIN.with(Distribution.LARGE_MAGNITUDE),
                        shift.with(Distribution.LARGE_MAGNITUDE));

        assertThat(new Summary(report).byFault())
                .extracting(Summary.Line::label)
                .containsExactly("shift-without-scale", "squares-overflow", "several of them");
        assertThat(new Summary(report).byFault().get(0).theirs()).isNaN(); // refused, not infinite
    }

    @Test
    void theHeatMapHasNoEmptyColumn() {
        Summary summary = new Summary(report(PLAIN, PLAIN.with(Mode.INFER)));

        assertThat(summary.heatColumns())
                .containsExactly("train y", "train dx", "train dgamma", "train dbeta", "infer y");
        assertThat(summary.heatColumns())
                .allMatch(
                        column ->
                                summary.heat().values().stream()
                                        .anyMatch(row -> row.get(column) != null));
    }

    @Test
    void aFailedBorderlineConfigurationIsCountedAndFailsTheReport() {
        List<Answer> answers = BorderlineConfiguration.tryAll(Optional.empty());
        Answer failed = new Answer(answers.get(0).configuration(), "accepted", "refused", false);
        ParityReport good = report(PLAIN);
        ParityReport bad = with(good, List.of(failed), good.tallies());

        assertThat(good.passed()).isTrue();
        assertThat(bad.passed()).isFalse();
        assertThat(ConsoleTable.of(bad))
                .contains("0 of 1 borderline", "1 borderline configurations, 1 failed", "FAILED");
    }

    @Test
    void aTruthThatWasNotHeardFailsTheReport() {
        ParityReport good = report(PLAIN);
        ParityReport bad = with(good, List.of(), List.of(new Tally("PyTorch", 4, 0, 0)));

        assertThat(bad.passed()).isFalse();
        assertThat(ConsoleTable.of(bad)).contains("PyTorch: ONLY 0 of 4", "FAILED: 1 cases");
    }

    @Test
    void theCommandOfACellChoosesTheSamePyTorchAndSeed() {
        ParityReport report = report(PLAIN);

        assertThat(report.command(report.cells().get(0)))
                .endsWith("-Dexec.args=\"--image some/image:1 --case " + PLAIN.name() + "\"");
        assertThat(PLAIN.name()).contains("seed=0");
    }

    @Test
    void thePageSaysWhereItComesFromAndWhatALargeErrorMeans() throws Exception {
        ParityCase wrong = PLAIN.with(Distribution.LARGE_MEAN).with(Layout.CHANNELS_LAST);
        Path page = folder.resolve("parity.html");

        HtmlReport.write(report(PLAIN, wrong), page);

        assertThat(Files.readString(page))
                .contains("2026-11-01", "Linux, 2 processors", "DJL 1", "quick grid of seed 7")
                .contains("such as 1e8, is an error that PyTorch makes and we do not");
    }

    @Test
    void everyFaultHasALine() {
        List<ParityCase> cases =
                Stream.of(KnownFault.values())
                        .map(
                                fault ->
                                        Grid.quick().stream()
                                                .filter(
                                                        c ->
                                                                KnownFault.of(c)
                                                                        .equals(List.of(fault)))
                                                .findFirst())
                        .flatMap(Optional::stream)
                        .toList();

        assertThat(new Summary(report(cases.toArray(ParityCase[]::new))).byFault())
                .hasSize(cases.size());
    }

    private static ParityReport report(ParityCase... cases) {
        ParityRun run = ParityRun.ofLibrary(Optional.empty());
        List<Cell> cells = run.run(List.of(cases), done -> {});
        return new ParityReport(
                "quick grid of seed 7",
                cells,
                List.of(),
                run.tallies(List.of(cases), cells),
                List.of(),
                cases.length,
                1,
                ORIGIN);
    }

    private static ParityReport with(
            ParityReport report, List<Answer> answers, List<Tally> tallies) {
        return new ParityReport(
                report.grid(),
                report.cells(),
                answers,
                tallies,
                report.notes(),
                report.cases(),
                report.seconds(),
                report.origin());
    }
}
