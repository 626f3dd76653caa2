package io.github.djlnorm.parity.report;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.github.djlnorm.parity.cases.KnownFault;
import io.github.djlnorm.parity.cases.Layer;
import io.github.djlnorm.parity.cases.Mode;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.verdict.Cell;
import io.github.djlnorm.parity.verdict.Cell.Content;
import io.github.djlnorm.parity.verdict.Judge;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The figures that all forms of the report share. */
public final class Summary {

    /** What the heat map shows has no figure where there is no such cell. */
    static final double NOTHING = Double.NaN;

    private final ParityReport report;

    Summary(ParityReport report) {
        this.report = report;
    }

    /** One line of the table. */
    record Line(
            String label,
            int cells,
            long distinct,
            int passed,
            double ours,
            double theirs,
            double excess) {}

    /** By layer and quantity, where PyTorch is a measure. */
    List<Line> byQuantity() {
        Map<String, List<Cell>> groups = new LinkedHashMap<>();
        for (Layer layer : Layer.values()) {
            for (Quantity quantity : Quantity.values()) {
                groups.put(
                        ParityCase.label(layer) + " " + ParityCase.label(quantity),
                        report.cells().stream()
                                .filter(c -> c.faults().isEmpty())
                                .filter(c -> c.parityCase().layer() == layer)
                                .filter(c -> c.quantity() == quantity)
                                .toList());
            }
        }
        return lines(groups);
    }

    /**
     * By what libtorch is known to do wrong. Each fault is shown by the cells that have no other,
     * so that each has its own error.
     */
    List<Line> byFault() {
        Map<String, List<Cell>> labelled = new LinkedHashMap<>();
        for (KnownFault fault : KnownFault.values()) {
            labelled.put(
                    ParityCase.label(fault),
                    report.cells().stream()
                            .filter(c -> c.faults().equals(List.of(fault)))
                            .toList());
        }
        labelled.put(
                "several of them",
                report.cells().stream().filter(c -> c.faults().size() > 1).toList());
        return lines(labelled);
    }

    /** How many of the cells compare numbers that no other of them compares. */
    static long distinct(List<Cell> cells) {
        return cells.stream()
                .filter(cell -> cell.content() == Content.VALUES)
                .mapToLong(Cell::fingerprint)
                .distinct()
                .count();
    }

    /** What the cells are, in words. */
    String contents() {
        Map<Content, Long> counts =
                report.cells().stream().collect(groupingBy(Cell::content, counting()));
        return "%,d cells: %,d distinct comparisons of values, %,d that repeat one of them, %,d of zeros, %,d of NaN or infinities, %,d of nothing"
                .formatted(
                        report.cells().size(),
                        distinct(report.cells()),
                        counts.getOrDefault(Content.VALUES, 0L) - distinct(report.cells()),
                        counts.getOrDefault(Content.ZEROS, 0L),
                        counts.getOrDefault(Content.NOT_FINITE, 0L),
                        counts.getOrDefault(Content.NOTHING, 0L));
    }

    private static List<Line> lines(Map<String, List<Cell>> groups) {
        List<Line> lines = new ArrayList<>();
        groups.forEach(
                (label, cells) -> {
                    if (!cells.isEmpty()) {
                        lines.add(
                                new Line(
                                        label,
                                        cells.size(),
                                        distinct(cells),
                                        (int) cells.stream().filter(Cell::passed).count(),
                                        worst(cells, Cell::ourUlp),
                                        worst(cells, Cell::theirUlp),
                                        worst(cells, Summary::excess)));
                    }
                });
        return lines;
    }

    private static double worst(List<Cell> cells, ToDoubleFunction<Cell> figure) {
        return cells.stream()
                .mapToDouble(figure)
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(NOTHING);
    }

    /** By how many ULP our error is above PyTorch's. */
    static double excess(Cell cell) {
        return cell.ourUlp() - (cell.allowed() - Judge.SLACK);
    }

    /** The cells with the largest excess. */
    List<Cell> worst(int count) {
        return report.cells().stream()
                .sorted(Comparator.comparingDouble(Summary::excess).reversed())
                .limit(count)
                .toList();
    }

    /** The rows of the heat map: layers and group counts. */
    List<String> heatRows() {
        return report.cells().stream()
                .map(Cell::parityCase)
                .sorted(Comparator.comparing(ParityCase::layer).thenComparing(ParityCase::groups))
                .map(Summary::heatRow)
                .distinct()
                .toList();
    }

    /** The columns of the heat map: quantities by mode, those that there are. */
    List<String> heatColumns() {
        return report.cells().stream()
                .sorted(
                        Comparator.comparing((Cell cell) -> cell.parityCase().mode())
                                .thenComparing(Cell::quantity))
                .map(cell -> heatColumn(cell.parityCase().mode(), cell.quantity()))
                .distinct()
                .toList();
    }

    /** The largest excess in each square of the heat map, by row and column. */
    Map<String, Map<String, Double>> heat() {
        Map<String, Map<String, Double>> heat = new LinkedHashMap<>();
        heatRows().forEach(row -> heat.put(row, new LinkedHashMap<>()));
        for (Cell cell : report.cells()) {
            heat.get(heatRow(cell.parityCase()))
                    .merge(
                            heatColumn(cell.parityCase().mode(), cell.quantity()),
                            excess(cell),
                            Math::max);
        }
        return heat;
    }

    private static String heatRow(ParityCase c) {
        String title = c.layer().title();
        return c.layer() == Layer.GROUP_NORM ? title + ", groups: " + c.groups() : title;
    }

    private static String heatColumn(Mode mode, Quantity quantity) {
        return ParityCase.label(mode) + " " + ParityCase.label(quantity);
    }

    /** The names of the histogram's bins, in powers of two of a ULP. */
    static List<String> bins() {
        List<String> bins = new ArrayList<>(List.of("0", "≤ ½"));
        for (int limit = 1; limit <= 32; limit *= 2) {
            bins.add("≤ " + limit);
        }
        bins.add("more");
        return bins;
    }

    /** How many cells, where PyTorch is a measure, have an error in each bin. */
    int[] histogram(ToDoubleFunction<Cell> figure) {
        int[] counts = new int[bins().size()];
        for (Cell cell : report.cells()) {
            if (cell.faults().isEmpty() && !cell.references().isEmpty()) {
                counts[bin(figure.applyAsDouble(cell))]++;
            }
        }
        return counts;
    }

    private static int bin(double ulp) {
        if (ulp == 0) {
            return 0;
        }
        int bin = 1;
        for (double limit = 0.5; bin < bins().size() - 1 && ulp > limit; limit *= 2) {
            bin++;
        }
        return bin;
    }
}
