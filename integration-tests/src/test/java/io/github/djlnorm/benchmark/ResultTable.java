package io.github.djlnorm.benchmark;

import java.util.List;
import java.util.Locale;

/** The results as text. */
final class ResultTable {

    private static final String ROW = "%-50s %-29s %4s %8s %8s %6s %-13s %-8s %-6s %-12s %9s%n";

    private ResultTable() {}

    static String of(List<Result> results) {
        StringBuilder table = new StringBuilder();
        table.append(
                ROW.formatted(
                        "ours / other",
                        "input/groups",
                        "unit",
                        "ours",
                        "other",
                        "ratio",
                        " lowest..highest".strip(),
                        "target",
                        "",
                        "our kernel",
                        "warm-up"));
        for (Result result : results) {
            Work work = result.row().comparison().work();
            table.append(
                    ROW.formatted(
                            result.row().comparison().label(),
                            result.row().aim().input(),
                            work.unit(),
                            figure(result.ourMedian()),
                            figure(result.otherMedian()),
                            ratio(result.median()),
                            ratio(result.lowest()) + ".." + ratio(result.highest()),
                            target(result),
                            result.verdict(),
                            result.kernel(),
                            result.callsBefore()));
        }
        return table.toString().replaceAll(" +(\\R)", "$1");
    }

    static String target(Result result) {
        String unit = result.row().comparison().work().unit();
        return result.row().target().map(target -> target.text(unit)).orElse("-");
    }

    static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    static String figure(double value) {
        return String.format(
                Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }
}
