package io.github.djlnorm.parity.report;

import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.implementations.BorderlineConfiguration;
import io.github.djlnorm.parity.verdict.Cell;
import io.github.djlnorm.parity.verdict.Judge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** One page that needs nothing but itself. */
public final class HtmlReport {

    private static final int SHOWN = 500;

    private static final String PAGE =
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>djl-norm against PyTorch</title>
            <style>
            body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 78em;
                   padding: 0 1em; color: #222 }
            table { border-collapse: collapse; margin: 1em 0 }
            th, td { padding: .25em .7em; text-align: right; border-bottom: 1px solid #ddd }
            th:first-child, td:first-child { text-align: left }
            .heat td { min-width: 3.6em }
            .less { background: #bfe3cc } .slack { background: #f3efcf } .over { background: #eeb0aa }
            code { font-size: 12px; overflow-wrap: anywhere } td.text { text-align: left }
            img { max-width: 100% }
            </style>
            </head>
            <body>
            <h1>djl-norm against @REFERENCES@</h1>
            <p><b>@VERDICT@</b>: the @GRID@, @CASES@ cases, @FAILED@ failed. @CONTENTS@.</p>
            <p>@TALLIES@</p>
            <p>A cell is one quantity of one case. Its error is the largest of its values, against
            the formulas in double precision, in units in the last place (ULP) of the size of what is
            added up. It passes when our error is at most PyTorch's own plus @SLACK@ ULP. PyTorch's
            own counts up to @CAP@ ULP; beyond that PyTorch is wrong, which has to be known, and our
            error is held to PyTorch's on a like case where it is right. So a large figure of
            PyTorch's beside "passed", such as 1e8, is an error that PyTorch makes and we do not.
            Cells that repeat each other's numbers are counted once among the distinct.</p>
            <p>@ORIGIN@</p>
            @NOTES@
            <h2>Error beyond PyTorch's own, in ULP</h2>
            @HEAT@
            <h2>Our error beside PyTorch's</h2>
            <img alt="histogram of errors" src="data:image/png;base64,@HISTOGRAM@">
            <h2>By layer and quantity</h2>
            @QUANTITIES@
            <h2>Where libtorch is wrong</h2>
            <p>Judged by libtorch's error on the same case without what makes it fail; "not finite"
            is PyTorch's zero, NaN or infinity for a number. "-" is a refusal.</p>
            @FAULTS@
            <h2>Borderline configurations</h2>
            @REFUSALS@
            <h2>Failing cells</h2>
            @FAILURES@
            </body>
            </html>
            """;

    private HtmlReport() {}

    public static void write(ParityReport report, Path file) throws IOException {
        Summary summary = new Summary(report);
        String page =
                PAGE.replace("@REFERENCES@", escaped(String.join(" and ", report.references())))
                        .replace("@VERDICT@", report.passed() ? "Passed" : "Failed")
                        .replace("@GRID@", escaped(report.grid()))
                        .replace("@CASES@", Integer.toString(report.cases()))
                        .replace("@FAILED@", Long.toString(report.failed()))
                        .replace("@CONTENTS@", escaped(summary.contents()))
                        .replace("@TALLIES@", tallies(report))
                        .replace("@ORIGIN@", origin(report))
                        .replace("@CAP@", ConsoleTable.figure(Judge.CAP))
                        .replace("@SLACK@", ConsoleTable.figure(Judge.SLACK))
                        .replace("@NOTES@", notes(report.notes()))
                        .replace("@HEAT@", heat(summary))
                        .replace(
                                "@HISTOGRAM@",
                                Base64.getEncoder().encodeToString(Charts.histogram(report)))
                        .replace("@QUANTITIES@", table(summary.byQuantity()))
                        .replace("@FAULTS@", table(summary.byFault()))
                        .replace("@REFUSALS@", refusals(report.borderline()))
                        .replace("@FAILURES@", failures(report));
        Files.writeString(file, page);
    }

    private static String tallies(ParityReport report) {
        return report.tallies().stream()
                .map(tally -> escaped(tally.toString()))
                .collect(Collectors.joining(".<br>", "", "."));
    }

    private static String origin(ParityReport report) {
        Origin origin = report.origin();
        return escaped(
                "Made on %s with %s on %s, in %.0f s."
                        .formatted(
                                origin.date(),
                                origin.versions(),
                                origin.machine(),
                                report.seconds()));
    }

    private static String notes(List<String> notes) {
        return notes.stream().map(n -> "<p>" + escaped(n) + "</p>").collect(Collectors.joining());
    }

    private static String heat(Summary summary) {
        StringBuilder html = new StringBuilder("<table class=\"heat\"><tr><th></th>");
        summary.heatColumns().forEach(c -> html.append("<th>").append(c).append("</th>"));
        html.append("</tr>\n");
        for (Map.Entry<String, Map<String, Double>> row : summary.heat().entrySet()) {
            html.append("<tr><td>").append(row.getKey()).append("</td>");
            for (String column : summary.heatColumns()) {
                Double excess = row.getValue().get(column);
                html.append(excess == null ? "<td></td>" : square(excess));
            }
            html.append("</tr>\n");
        }
        return html.append("</table>").toString();
    }

    private static String square(double excess) {
        String kind = excess <= 0 ? "less" : excess <= Judge.SLACK ? "slack" : "over";
        return "<td class=\"%s\">%s</td>".formatted(kind, ConsoleTable.figure(excess));
    }

    private static String table(List<Summary.Line> lines) {
        return "<table><tr><th></th><th>cells</th><th>distinct</th><th>passed</th><th>our worst</th>"
                + "<th>PyTorch's worst</th><th>largest excess</th></tr>\n"
                + lines.stream().map(HtmlReport::row).collect(Collectors.joining())
                + "</table>";
    }

    private static String row(Summary.Line line) {
        return "<tr><td>%s</td><td>%d</td><td>%d</td><td>%d</td><td>%s</td><td>%s</td><td>%s</td></tr>%n"
                .formatted(
                        escaped(line.label()),
                        line.cells(),
                        line.distinct(),
                        line.passed(),
                        ConsoleTable.figure(line.ours()),
                        ConsoleTable.figure(line.theirs()),
                        ConsoleTable.figure(line.excess()));
    }

    private static String refusals(List<BorderlineConfiguration.Answer> answers) {
        return "<table><tr><th>configuration</th><th>djl-norm</th><th>PyTorch</th></tr>\n"
                + answers.stream()
                        .map(
                                a ->
                                        "<tr%s><td>%s</td><td class=\"text\">%s</td><td class=\"text\">%s%s</td></tr>%n"
                                                .formatted(
                                                        a.passed() ? "" : " class=\"over\"",
                                                        escaped(a.configuration().name()),
                                                        escaped(a.ours()),
                                                        escaped(a.theirs()),
                                                        a.configuration().torchWrongly()
                                                                ? " (wrongly)"
                                                                : ""))
                        .collect(Collectors.joining())
                + "</table>";
    }

    private static String failures(ParityReport report) {
        List<Cell> failures = report.failures().toList();
        if (failures.isEmpty()) {
            return "<p>None.</p>";
        }
        String rest =
                failures.size() > SHOWN ? "<p>and " + (failures.size() - SHOWN) + " more</p>" : "";
        return "<table><tr><th>quantity</th><th>why</th><th>reproduced by</th></tr>\n"
                + failures.stream()
                        .limit(SHOWN)
                        .map(
                                cell ->
                                        "<tr><td>%s</td><td class=\"text\">%s</td><td class=\"text\"><code>%s</code></td></tr>%n"
                                                .formatted(
                                                        ParityCase.label(cell.quantity()),
                                                        escaped(cell.failure()),
                                                        escaped(report.command(cell))))
                        .collect(Collectors.joining())
                + "</table>"
                + rest;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
