package io.github.djlnorm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** The files that are left. */
final class Report {

    private static final int MOST_BARS = 12;

    private Report() {}

    /** Writes all files and returns the table with what belongs to it. */
    static String write(List<Result> results, String machine, Collection<String> notes, Path folder)
            throws IOException {
        List<Result> page = page(results);
        StringBuilder text = new StringBuilder(machine).append("\n\n");
        text.append(ResultTable.of(page)).append('\n');
        notes.forEach(note -> text.append(note).append('\n'));
        Files.writeString(folder.resolve("benchmark.txt"), text);
        Files.writeString(folder.resolve("machine.txt"), machine + "\n");
        Files.writeString(folder.resolve("benchmark.csv"), CsvTable.of(results));
        if (!page.isEmpty()) {
            List<Result> bars = page.subList(0, Math.min(MOST_BARS, page.size()));
            RatioChart.write(bars, machine, folder.resolve("benchmark.png"));
        }
        return "%s%d of %d rows; all of them, and a chart: %s"
                .formatted(text, page.size(), results.size(), folder);
    }

    /** The rows for a reader in a hurry, or all where none of those was measured. */
    static List<Result> page(List<Result> results) {
        List<Result> marked = results.stream().filter(result -> result.row().onPage()).toList();
        return marked.isEmpty() ? results : marked;
    }
}
