package io.github.djlnorm.samples.segmentation;

import io.github.djlnorm.samples.plot.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The results of several trainings: means over seeds, with the standard deviation of single ones.
 *
 * @param classes the names of the classes
 * @param results one for each training, two for BatchNorm's
 */
record SegmentSummary(List<String> classes, List<SegmentResult> results) {

    private static final int NAME = 22;

    /** Tables of mean intersection over union and Dice by batch size, and by class for one. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        addBySize("mean IoU (%), batch", Confusion::meanIou, lines);
        lines.add("");
        addBySize("mean Dice (%), batch", Confusion::meanDice, lines);
        lines.add("");
        int smallest = batchSizes().get(0);
        lines.add(
                name("IoU (%), batch size " + smallest)
                        + classes.stream()
                                .map(name -> String.format("%14s", name))
                                .collect(Collectors.joining()));
        for (String label : labels()) {
            lines.add(
                    name(label)
                            + IntStream.range(0, classes.size())
                                    .mapToObj(i -> cell(label, smallest, c -> c.iou(i)))
                                    .collect(Collectors.joining()));
        }
        return lines.stream().map(String::stripTrailing).toList();
    }

    private void addBySize(String title, ToDoubleFunction<Confusion> value, List<String> lines) {
        lines.add(
                name(title)
                        + batchSizes().stream()
                                .map(size -> String.format("%14d", size))
                                .collect(Collectors.joining()));
        for (String label : labels()) {
            lines.add(
                    name(label)
                            + batchSizes().stream()
                                    .map(size -> cell(label, size, value))
                                    .collect(Collectors.joining()));
        }
    }

    private static String name(String text) {
        return String.format("%-" + NAME + "s", text);
    }

    private String cell(String label, int batchSize, ToDoubleFunction<Confusion> value) {
        List<Double> values =
                results.stream()
                        .filter(result -> result.label().equals(label))
                        .filter(result -> result.run().batchSize() == batchSize)
                        .map(result -> value.applyAsDouble(result.confusion()))
                        .toList();
        if (values.isEmpty()) {
            return " ".repeat(14);
        }
        Spread spread = Spread.of(values);
        return String.format(
                Locale.ROOT, "%8.1f ±%4.1f", 100 * spread.mean(), 100 * spread.deviation());
    }

    /** The norms, BatchNorm's two modes apart. */
    private List<String> labels() {
        return results.stream().map(SegmentResult::label).distinct().toList();
    }

    /** The batch sizes in ascending order. */
    private List<Integer> batchSizes() {
        return results.stream().map(r -> r.run().batchSize()).distinct().sorted().toList();
    }

    /** The numbers of each training, a line for each class and one for all. */
    List<String> csv() {
        List<String> lines = new ArrayList<>(List.of("norm,batch size,seed,class,iou,dice"));
        for (SegmentResult result : results) {
            Confusion confusion = result.confusion();
            for (int i = 0; i < classes.size(); i++) {
                lines.add(csv(result, classes.get(i), confusion.iou(i), confusion.dice(i)));
            }
            lines.add(csv(result, "all", confusion.meanIou(), confusion.meanDice()));
        }
        return lines;
    }

    private static String csv(SegmentResult result, String name, double iou, double dice) {
        return String.format(
                Locale.ROOT,
                "%s,%d,%d,%s,%.6f,%.6f",
                result.label(),
                result.run().batchSize(),
                result.run().seed(),
                name,
                iou,
                dice);
    }
}
