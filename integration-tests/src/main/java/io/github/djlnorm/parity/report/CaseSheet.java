package io.github.djlnorm.parity.report;

import io.github.djlnorm.parity.arrays.Tensors;
import io.github.djlnorm.parity.cases.CaseData;
import io.github.djlnorm.parity.cases.KnownFault;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.verdict.Cell;
import io.github.djlnorm.parity.verdict.Deviation;
import java.util.Arrays;
import java.util.List;

/** Everything about one case, as text. */
public final class CaseSheet {

    private static final String ROW = "  %-24s %14s %12s %-16s %24s %24s%n";

    private CaseSheet() {}

    public static String of(ParityCase parityCase, List<Cell> cells) {
        StringBuilder text = new StringBuilder(parityCase.name()).append('\n');
        text.append("PyTorch's layer: ").append(parityCase.module()).append('\n');
        text.append("passes: ")
                .append(parityCase.passes().stream().map(t -> t ? "train" : "eval").toList())
                .append('\n');
        CaseData data = new CaseData(parityCase);
        append(text, "x of the last pass", data.x(parityCase.passes().size() - 1));
        append(text, "dy", data.dy());
        append(text, "gamma", data.gamma());
        append(text, "beta", data.beta());
        KnownFault.of(parityCase)
                .forEach(
                        fault ->
                                text.append("libtorch is wrong here: ")
                                        .append(ParityCase.label(fault))
                                        .append("; judged by its error on ")
                                        .append(KnownFault.healthyTwin(parityCase))
                                        .append('\n'));
        for (Cell cell : cells) {
            text.append(
                    "%n%s: %s, allowed %s ULP%n"
                            .formatted(
                                    ParityCase.label(cell.quantity()),
                                    cell.passed() ? "passed" : "FAILED, " + cell.failure(),
                                    ConsoleTable.figure(cell.allowed())));
            text.append(ROW.formatted("", "absolute error", "ULP", "at", "value", "exact"));
            if (cell.ours() != null) {
                row(text, "djl-norm", cell, cell.ours());
            }
            cell.references().forEach((name, error) -> row(text, name, cell, error));
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String name, double[] values) {
        double[] first = Arrays.copyOf(values, Math.min(values.length, 6));
        text.append(
                "%s: %d values, %s%s%n"
                        .formatted(
                                name,
                                values.length,
                                Arrays.toString(first),
                                first.length < values.length ? " ..." : ""));
    }

    private static void row(StringBuilder text, String name, Cell cell, Deviation error) {
        text.append(
                ROW.formatted(
                        name,
                        "%.4g".formatted(error.absolute()),
                        ConsoleTable.figure(error.ulp()),
                        Tensors.position(error.index(), cell.parityCase().shape(cell.quantity())),
                        error.value(),
                        error.exact()));
    }
}
