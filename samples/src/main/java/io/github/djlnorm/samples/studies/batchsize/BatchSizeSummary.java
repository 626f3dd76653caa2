package io.github.djlnorm.samples.studies.batchsize;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.plot.Spread;
import io.github.djlnorm.samples.studies.StudyRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * The test errors of a study, by norm and batch size.
 *
 * @param smallestMap the number of values in a channel of the net's smallest feature map
 * @param errors for each norm and batch size the test errors of the seeds
 */
record BatchSizeSummary(long smallestMap, Map<Norm, Map<Integer, Spread>> errors) {

    static BatchSizeSummary of(long smallestMap, Map<StudyRun, BatchSizeResult> results) {
        Map<Norm, Map<Integer, List<Double>>> values = new LinkedHashMap<>();
        results.forEach(
                (run, result) ->
                        values.computeIfAbsent(run.norm(), norm -> new LinkedHashMap<>())
                                .computeIfAbsent(run.batchSize(), size -> new ArrayList<>())
                                .add(result.testError()));
        Map<Norm, Map<Integer, Spread>> errors = new LinkedHashMap<>();
        values.forEach(
                (norm, bySize) -> {
                    Map<Integer, Spread> spreads = new LinkedHashMap<>();
                    bySize.forEach((size, list) -> spreads.put(size, Spread.of(list)));
                    errors.put(norm, spreads);
                });
        return new BatchSizeSummary(smallestMap, errors);
    }

    /** The number of values that BatchNorm averages for each channel at the deepest layer. */
    long valuesPerChannel(int batchSize) {
        return batchSize * smallestMap;
    }

    /** A table: a row for each norm, a column for each batch size. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(header("test error, batch", size -> size) + "           moves");
        lines.add(header("values per channel", this::valuesPerChannel));
        errors.forEach((norm, bySize) -> lines.add(line(norm, bySize)));
        return lines;
    }

    private String header(String name, Function<Integer, Number> number) {
        return batchSizes().stream()
                .map(size -> String.format("%16d", number.apply(size)))
                .collect(Collectors.joining("", String.format("%-18s", name), ""));
    }

    private String line(Norm norm, Map<Integer, Spread> bySize) {
        StringBuilder line = new StringBuilder(String.format("%-18s", norm));
        for (int size : batchSizes()) {
            Spread spread = bySize.get(size);
            line.append(
                    spread == null
                            ? " ".repeat(16)
                            : String.format(
                                    Locale.ROOT,
                                    "%8.4f \u00b1%.4f",
                                    spread.mean(),
                                    spread.deviation()));
        }
        return line.append(String.format(Locale.ROOT, "%16.4f", movement(norm))).toString();
    }

    /** The numbers, a line for each norm and batch size. */
    List<String> csv() {
        List<String> lines = new ArrayList<>();
        lines.add("norm,batch size,values per channel,mean test error,standard deviation,seeds");
        errors.forEach(
                (norm, bySize) ->
                        bySize.forEach(
                                (size, spread) ->
                                        lines.add(
                                                String.format(
                                                        Locale.ROOT,
                                                        "%s,%d,%d,%.6f,%.6f,%d",
                                                        norm,
                                                        size,
                                                        valuesPerChannel(size),
                                                        spread.mean(),
                                                        spread.deviation(),
                                                        spread.count()))));
        return lines;
    }

    /** By how much the mean error differs between the best and the worst batch size. */
    double movement(Norm norm) {
        double[] means = errors.get(norm).values().stream().mapToDouble(Spread::mean).toArray();
        return DoubleStream.of(means).max().orElse(0) - DoubleStream.of(means).min().orElse(0);
    }

    /** All batch sizes, in their order. */
    List<Integer> batchSizes() {
        return errors.values().stream().flatMap(m -> m.keySet().stream()).distinct().toList();
    }
}
