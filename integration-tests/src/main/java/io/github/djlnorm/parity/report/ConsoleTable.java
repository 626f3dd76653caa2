package io.github.djlnorm.parity.report;

import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.implementations.BorderlineConfiguration;
import java.util.List;
import java.util.Locale;

/** The report as text. */
public final class ConsoleTable {

    private static final String ROW = "%-34s %7s %8s %7s %12s %12s %12s%n";
    private static final int SHOWN_FAILURES = 20;

    private ConsoleTable() {}

    public static String of(ParityReport report) {
        Summary summary = new Summary(report);
        StringBuilder text = new StringBuilder();
        text.append("djl-norm against ")
                .append(String.join(" and ", report.references()))
                .append(", errors in ULP against float64\n\n");
        header(text, "layer and quantity");
        summary.byQuantity().forEach(line -> row(text, line));
        List<Summary.Line> faults = summary.byFault();
        if (!faults.isEmpty()) {
            text.append('\n');
            header(text, "where libtorch is wrong");
            faults.forEach(line -> row(text, line));
        }
        long asPyTorch =
                report.borderline().stream().filter(BorderlineConfiguration.Answer::passed).count();
        text.append(
                "\nrejected and accepted as by PyTorch: %d of %d borderline configurations%n"
                        .formatted(asPyTorch, report.borderline().size()));
        report.borderline().stream()
                .filter(answer -> !answer.passed())
                .forEach(
                        answer ->
                                text.append(
                                        "  FAILED %s: we %s; PyTorch %s%n"
                                                .formatted(
                                                        answer.configuration().name(),
                                                        answer.ours(),
                                                        answer.theirs())));
        summary.worst(1)
                .forEach(
                        cell ->
                                text.append(
                                        "largest excess over PyTorch: %s ULP, %s of %s%n"
                                                .formatted(
                                                        figure(Summary.excess(cell)),
                                                        ParityCase.label(cell.quantity()),
                                                        cell.parityCase())));
        report.failures()
                .limit(SHOWN_FAILURES)
                .forEach(
                        cell ->
                                text.append(
                                        "  FAILED %s of %s: %s%n    %s%n"
                                                .formatted(
                                                        ParityCase.label(cell.quantity()),
                                                        cell.parityCase(),
                                                        cell.failure(),
                                                        report.command(cell))));
        long failures = report.failures().count();
        if (failures > SHOWN_FAILURES) {
            text.append("  and %d more%n".formatted(failures - SHOWN_FAILURES));
        }
        report.tallies().forEach(tally -> text.append(tally).append('\n'));
        text.append(summary.contents()).append('\n');
        report.notes().forEach(note -> text.append("note: ").append(note).append('\n'));
        text.append(
                "%s: %d cases, %d cells and %d borderline configurations, %d failed, in %.1f s%n"
                        .formatted(
                                report.passed() ? "PASSED" : "FAILED",
                                report.cases(),
                                report.cells().size(),
                                report.borderline().size(),
                                report.failed(),
                                report.seconds()));
        return text.toString();
    }

    private static void header(StringBuilder text, String first) {
        text.append(
                ROW.formatted(
                        first,
                        "cells",
                        "distinct",
                        "passed",
                        "our worst",
                        "PyTorch's",
                        "our excess"));
    }

    private static void row(StringBuilder text, Summary.Line line) {
        text.append(
                ROW.formatted(
                        line.label(),
                        line.cells(),
                        line.distinct(),
                        line.passed(),
                        figure(line.ours()),
                        figure(line.theirs()),
                        figure(line.excess())));
    }

    /** Three digits, or what there is instead of a number. */
    public static String figure(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        if (Double.isInfinite(value)) {
            return "not finite";
        }
        return Math.abs(value) < 1000
                ? String.format(Locale.ROOT, "%.2f", value)
                : String.format(Locale.ROOT, "%.2e", value);
    }
}
