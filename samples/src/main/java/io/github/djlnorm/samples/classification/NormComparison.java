package io.github.djlnorm.samples.classification;

import io.github.djlnorm.Norm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The results of several trainings, side by side.
 *
 * @param rows the results, best test accuracy first
 * @param batchSize the batch size that all had
 */
record NormComparison(List<Row> rows, int batchSize) {

    /** One training's result: its last epoch, and its speed over all epochs. */
    record Row(Norm norm, EpochReport last, double imagesPerSecond) {}

    /** Compares trainings by norm, each of at least one epoch. */
    static NormComparison of(Map<Norm, List<EpochReport>> trainings, int batchSize) {
        List<Row> rows = new ArrayList<>();
        trainings.forEach((norm, reports) -> rows.add(row(norm, reports)));
        rows.sort(Comparator.comparingDouble((Row row) -> -row.last().testAccuracy()));
        return new NormComparison(List.copyOf(rows), batchSize);
    }

    private static Row row(Norm norm, List<EpochReport> reports) {
        // Epochs have equally many images, so the mean speed is the harmonic one.
        double secondsPerImage =
                reports.stream().mapToDouble(r -> 1 / r.imagesPerSecond()).average().orElseThrow();
        return new Row(norm, reports.get(reports.size() - 1), 1 / secondsPerImage);
    }

    /** A table, and a sentence that says what it shows. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(
                String.format(
                        "%-12s %13s %10s %14s %10s",
                        "norm", "test accuracy", "test loss", "train accuracy", "images/s"));
        for (Row row : rows) {
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "%-12s %13.4f %10.4f %14.4f %10.0f",
                            row.norm(),
                            row.last().testAccuracy(),
                            row.last().testLoss(),
                            row.last().trainAccuracy(),
                            row.imagesPerSecond()));
        }
        lines.add("");
        if (rows.size() > 1) {
            lines.add(sentence(rows.get(0), rows.get(1)));
        }
        return lines;
    }

    private String sentence(Row best, Row next) {
        return String.format(
                Locale.ROOT,
                "At batch size %d the net with %s classified %.1f%% of the test images rightly,"
                        + " with %s %.1f%%: %.1f points apart.",
                batchSize,
                best.norm(),
                100 * best.last().testAccuracy(),
                next.norm(),
                100 * next.last().testAccuracy(),
                100 * (best.last().testAccuracy() - next.last().testAccuracy()));
    }
}
