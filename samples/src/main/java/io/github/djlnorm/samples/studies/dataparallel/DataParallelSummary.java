package io.github.djlnorm.samples.studies.dataparallel;

import io.github.djlnorm.Norm;
import io.github.djlnorm.NormKind;
import io.github.djlnorm.samples.plot.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The results of trainings with split batches, over all seeds.
 *
 * @param results those of each norm, number of parts and seed
 */
record DataParallelSummary(List<DataParallelResult> results) {

    List<Norm> norms() {
        return results.stream().map(DataParallelResult::norm).distinct().toList();
    }

    /** A quantity by the number of parts. */
    SortedMap<Integer, Spread> byParts(Norm norm, ToDoubleFunction<DataParallelResult> quantity) {
        return results.stream()
                .filter(result -> result.norm().equals(norm))
                .collect(
                        Collectors.groupingBy(
                                DataParallelResult::parts,
                                TreeMap::new,
                                Collectors.collectingAndThen(
                                        Collectors.mapping(
                                                quantity::applyAsDouble, Collectors.toList()),
                                        Spread::of)));
    }

    /**
     * A table, with a row for each norm and number of parts.
     *
     * @param batchSize the number of images in the whole batch
     * @param smallestMap the number of values in a channel of the net's smallest feature map
     */
    List<String> lines(int batchSize, long smallestMap) {
        List<String> lines = new ArrayList<>();
        lines.add(
                String.format(
                        "%-10s %5s %18s %22s %22s %18s",
                        "norm",
                        "parts",
                        "values per channel",
                        "gradient differs by",
                        "parameters differ by",
                        "last loss"));
        for (Norm norm : norms()) {
            byParts(norm, DataParallelResult::gradient)
                    .forEach(
                            (parts, gradient) ->
                                    lines.add(
                                            String.format(
                                                    Locale.ROOT,
                                                    "%-10s %5d %18d %12.2e \u00b1%.2e"
                                                            + " %12.2e \u00b1%.2e %10.4f \u00b1%.4f",
                                                    norm,
                                                    parts,
                                                    batchSize
                                                            / seenApart(norm, parts)
                                                            * smallestMap,
                                                    gradient.mean(),
                                                    gradient.deviation(),
                                                    parameters(norm, parts).mean(),
                                                    parameters(norm, parts).deviation(),
                                                    lastLoss(norm, parts).mean(),
                                                    lastLoss(norm, parts).deviation())));
        }
        return lines;
    }

    /** Into how many parts the batch is split where statistics are taken. */
    private static int seenApart(Norm norm, int parts) {
        return norm.kind() == NormKind.SYNC_BATCH ? 1 : parts;
    }

    private Spread parameters(Norm norm, int parts) {
        return byParts(norm, DataParallelResult::parameters).get(parts);
    }

    private Spread lastLoss(Norm norm, int parts) {
        return byParts(norm, DataParallelResult::lastLoss).get(parts);
    }

    /** The differences, a line for each training. */
    List<String> differencesCsv() {
        List<String> lines = new ArrayList<>();
        lines.add("norm,parts,seed,gradient difference,parameter difference,last loss");
        for (DataParallelResult result : results) {
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "%s,%d,%d,%.6e,%.6e,%.6f",
                            result.norm(),
                            result.parts(),
                            result.seed(),
                            result.gradient(),
                            result.parameters(),
                            result.lastLoss()));
        }
        return lines;
    }

    /** The losses, a line for each step. */
    List<String> lossesCsv() {
        List<String> lines = new ArrayList<>();
        lines.add("norm,parts,seed,step,loss");
        for (DataParallelResult result : results) {
            for (int step = 1; step <= result.losses().size(); step++) {
                lines.add(
                        String.format(
                                Locale.ROOT,
                                "%s,%d,%d,%d,%.7f",
                                result.norm(),
                                result.parts(),
                                result.seed(),
                                step,
                                result.losses().get(step - 1)));
            }
        }
        return lines;
    }
}
