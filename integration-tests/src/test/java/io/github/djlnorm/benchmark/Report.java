package io.github.djlnorm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** The files that are left behind. */
final class Report {

    private Report() {}

    /** Writes all files and returns the table with what belongs to it. */
    static String write(List<Result> results, String machine, Collection<String> notes, Path folder)
            throws IOException {
        StringBuilder text = new StringBuilder(machine).append("\n\n");
        text.append(ResultTable.of(results)).append('\n');
        notes.forEach(note -> text.append(note).append('\n'));
        Files.writeString(folder.resolve("benchmark.txt"), text);
        Files.writeString(folder.resolve("machine.txt"), machine + "\n");
        Files.writeString(folder.resolve("benchmark.csv"), CsvTable.of(results));
        if (!results.isEmpty()) {
            RatioChart.write(results, machine, folder.resolve("benchmark.png"));
        }
        return text + "report: " + folder;
    }
}
