package io.github.djlnorm.samples.studies.lighting;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.plot.Spread;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The results of a lighting study, over all seeds.
 *
 * @param results those of each norm and seed, all for the same veils and epochs
 */
record LightingSummary(List<LightingResult> results) {

    List<Norm> norms() {
        return results.stream().map(LightingResult::norm).distinct().toList();
    }

    /** The accuracy in telling what images show, by the share of the veil. */
    SortedMap<Double, Spread> byVeil(Norm norm) {
        return spreads(norm, LightingResult::byVeil);
    }

    /** The accuracy in telling the brightness level, by epoch from 1. */
    SortedMap<Integer, Spread> byEpoch(Norm norm) {
        return spreads(norm, result -> numbered(result.byEpoch()));
    }

    private static Map<Integer, Double> numbered(List<Double> values) {
        Map<Integer, Double> numbered = new TreeMap<>();
        values.forEach(value -> numbered.put(numbered.size() + 1, value));
        return numbered;
    }

    private <K extends Comparable<K>> SortedMap<K, Spread> spreads(
            Norm norm, Function<LightingResult, Map<K, Double>> accuracies) {
        return results.stream()
                .filter(result -> result.norm().equals(norm))
                .flatMap(result -> accuracies.apply(result).entrySet().stream())
                .collect(
                        Collectors.groupingBy(
                                Map.Entry::getKey,
                                TreeMap::new,
                                Collectors.collectingAndThen(
                                        Collectors.mapping(
                                                Map.Entry::getValue, Collectors.toList()),
                                        Spread::of)));
    }

    /** Two tables, with a row for each norm. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("accuracy in telling what images show, by the veil over the test images");
        lines.add(row("norm", byVeil(norms().get(0)).keySet(), LightingSummary::veilName));
        norms().forEach(n -> lines.add(row(n, byVeil(n).values(), LightingSummary::text)));
        lines.add("");
        lines.add(
                String.format(
                        Locale.ROOT,
                        "accuracy in telling %d levels of brightness (by chance %.3f), by epoch",
                        LightingStudy.LEVELS.size(),
                        LightingStudy.CHANCE));
        lines.add(row("norm", byEpoch(norms().get(0)).keySet(), String::valueOf));
        norms().forEach(n -> lines.add(row(n, byEpoch(n).values(), LightingSummary::text)));
        return lines;
    }

    private static <T> String row(Object name, Collection<T> values, Function<T, String> text) {
        return values.stream()
                .map(value -> String.format("%14s", text.apply(value)))
                .collect(Collectors.joining("", String.format("%-10s", name), ""));
    }

    private static String text(Spread spread) {
        return String.format(Locale.ROOT, "%.3f \u00b1%.3f", spread.mean(), spread.deviation());
    }

    static String veilName(double share) {
        if (share == 0) {
            return "as is";
        }
        return Math.round(100 * Math.abs(share)) + "% " + (share < 0 ? "black" : "white");
    }

    /** The numbers, a line for each. */
    List<String> csv() {
        List<String> lines = new ArrayList<>();
        lines.add("task,norm,seed,veil,epoch,accuracy");
        for (LightingResult result : results) {
            int epochs = result.byEpoch().size();
            result.byVeil()
                    .forEach((veil, value) -> lines.add(line("show", result, veil, epochs, value)));
            numbered(result.byEpoch())
                    .forEach((epoch, value) -> lines.add(line("level", result, "", epoch, value)));
        }
        return lines;
    }

    private static String line(
            String task, LightingResult result, Object veil, int epoch, double accuracy) {
        return String.format(
                Locale.ROOT,
                "%s,%s,%d,%s,%d,%.6f",
                task,
                result.norm(),
                result.seed(),
                veil,
                epoch,
                accuracy);
    }
}
