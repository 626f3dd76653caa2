package io.github.djlnorm.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The results as text. */
final class ResultTable {

    /** Figures stand to the right, words to the left. */
    @SuppressWarnings("ImmutableEnumChecker") // the functions hold nothing
    private enum Column {
        NAMES("ours / other", "-", result -> result.row().comparison().label()),
        INPUT("input/groups", "-", result -> result.row().aim().input().toString()),
        UNIT("unit", "", ResultTable::unit),
        OURS("ours", "", result -> figure(result.ourMedian())),
        OTHER("other", "", result -> figure(result.otherMedian())),
        RATIO("ratio", "", result -> ratio(result.median())),
        SPREAD(
                "lowest..highest",
                "-",
                result -> ratio(result.lowest()) + ".." + ratio(result.highest())),
        TARGET("target", "-", ResultTable::target),
        VERDICT("", "-", Result::verdict),
        KERNEL("our kernel", "-", Result::kernel),
        CALLS_BEFORE("calls before", "", result -> Long.toString(result.callsBefore()));

        private final String title;
        private final String side;
        private final Function<Result, String> cell;

        Column(String title, String side, Function<Result, String> cell) {
            this.title = title;
            this.side = side;
            this.cell = cell;
        }

        private List<String> cells(List<Result> results) {
            List<String> cells = new ArrayList<>(List.of(title));
            results.forEach(result -> cells.add(cell.apply(result)));
            int width = cells.stream().mapToInt(String::length).max().orElseThrow();
            return cells.stream().map(cell -> ("%" + side + width + "s").formatted(cell)).toList();
        }
    }

    private ResultTable() {}

    static String of(List<Result> results) {
        List<List<String>> columns =
                List.of(Column.values()).stream().map(column -> column.cells(results)).toList();
        return IntStream.rangeClosed(0, results.size())
                .mapToObj(
                        line ->
                                columns.stream()
                                        .map(cells -> cells.get(line))
                                        .collect(Collectors.joining(" ")))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String unit(Result result) {
        return result.row().comparison().work().unit();
    }

    private static String target(Result result) {
        return result.row().target().map(target -> target.text(unit(result))).orElse("-");
    }

    static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    static String figure(double value) {
        return String.format(
                Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }
}
