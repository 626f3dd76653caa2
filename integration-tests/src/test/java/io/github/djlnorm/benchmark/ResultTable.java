package io.github.djlnorm.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The results as text. */
final class ResultTable {

    private static final String ROW = "%-68s %-15s %6s %4s %11s %11s %7s  %-15s %7s  %s%n";

    private ResultTable() {}

    static String of(List<Result> results) {
        StringBuilder table = new StringBuilder();
        table.append(
                ROW.formatted(
                        "ours / other",
                        "input",
                        "groups",
                        "unit",
                        "ours",
                        "other",
                        "ratio",
                        "lowest..highest",
                        "target",
                        ""));
        for (Result result : results) {
            Trial trial = result.row().ours();
            table.append(
                    ROW.formatted(
                            result.row().comparison().label(),
                            trial.dimensions(),
                            trial.groups(),
                            trial.work().unit(),
                            figure(result.ourMedian()),
                            figure(result.otherMedian()),
                            ratio(result.median()),
                            ratio(result.lowest()) + ".." + ratio(result.highest()),
                            target(result.row().target()),
                            result.verdict()));
        }
        return table.toString().replaceAll(" +(\\R)", "$1");
    }

    private static String target(OptionalDouble target) {
        return target.isEmpty() ? "-" : "<=" + ratio(target.getAsDouble());
    }

    static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    static String figure(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    }
}
