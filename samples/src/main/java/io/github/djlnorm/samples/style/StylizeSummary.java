package io.github.djlnorm.samples.style;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.plot.Spread;
import io.github.djlnorm.samples.style.LossReport.Losses;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The losses of generators, over all seeds.
 *
 * @param results those of each norm and seed
 */
record StylizeSummary(List<StylizeResult> results) {

    private static final Map<String, ToDoubleFunction<Losses>> TERMS = new LinkedHashMap<>();
    private static final Map<String, Function<LossReport, Losses>> IMAGES = new LinkedHashMap<>();

    static {
        TERMS.put("loss", Losses::total);
        TERMS.put("content", Losses::content);
        TERMS.put("style", Losses::style);
        IMAGES.put("train", LossReport::train);
        IMAGES.put("test", LossReport::test);
    }

    List<Norm> norms() {
        return results.stream().map(StylizeResult::norm).distinct().toList();
    }

    /** The curves of a norm's trainings, by seed. */
    Map<Integer, List<LossReport>> bySeed(Norm norm) {
        Map<Integer, List<LossReport>> bySeed = new LinkedHashMap<>();
        results.stream()
                .filter(result -> result.norm().equals(norm))
                .forEach(result -> bySeed.put(result.seed(), result.reports()));
        return bySeed;
    }

    /** The mean curve of a norm's trainings. */
    List<LossReport> mean(Norm norm) {
        List<List<LossReport>> curves = List.copyOf(bySeed(norm).values());
        return IntStream.range(0, curves.get(0).size())
                .mapToObj(i -> LossReport.mean(curves.stream().map(c -> c.get(i)).toList()))
                .toList();
    }

    /** What the last quarter of a norm's trainings came to, over the seeds. */
    Spread end(Norm norm, Function<LossReport, Losses> images, ToDoubleFunction<Losses> term) {
        return Spread.of(
                bySeed(norm).values().stream()
                        .map(curve -> term.applyAsDouble(LossReport.end(curve, images)))
                        .toList());
    }

    /** A table, with a row for each norm and the images trained and tested with. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        StringBuilder header = new StringBuilder(String.format("%-10s %-6s", "at the end", ""));
        TERMS.keySet().forEach(term -> header.append(String.format("%16s", term)));
        lines.add(header.toString());
        for (Norm norm : norms()) {
            IMAGES.forEach((name, images) -> lines.add(line(norm, name, images)));
        }
        return lines;
    }

    private String line(Norm norm, String name, Function<LossReport, Losses> images) {
        StringBuilder line = new StringBuilder(String.format("%-10s %-6s", norm, name));
        for (ToDoubleFunction<Losses> term : TERMS.values()) {
            Spread end = end(norm, images, term);
            line.append(
                    String.format(Locale.ROOT, "%8.4f \u00b1%.4f", end.mean(), end.deviation()));
        }
        return line.toString();
    }

    /** The numbers at the end, a line for each norm, kind of images and term. */
    List<String> csv() {
        List<String> lines = new ArrayList<>();
        lines.add("norm,images,term,mean of last quarter,standard deviation,seeds");
        for (Norm norm : norms()) {
            IMAGES.forEach(
                    (name, images) ->
                            TERMS.forEach(
                                    (termName, term) -> {
                                        Spread end = end(norm, images, term);
                                        lines.add(
                                                String.format(
                                                        Locale.ROOT,
                                                        "%s,%s,%s,%.6f,%.6f,%d",
                                                        norm,
                                                        name,
                                                        termName,
                                                        end.mean(),
                                                        end.deviation(),
                                                        end.count()));
                                    }));
        }
        return lines;
    }

    /** The curves, a line for each report and kind of images. */
    List<String> curvesCsv() {
        List<String> lines = new ArrayList<>();
        lines.add("norm,seed,step,images,content,style,loss");
        for (StylizeResult result : results) {
            for (LossReport report : result.reports()) {
                IMAGES.forEach(
                        (name, images) -> {
                            Losses losses = images.apply(report);
                            lines.add(
                                    "%s,%d,%d,%s,%s,%s,%s"
                                            .formatted(
                                                    result.norm(),
                                                    result.seed(),
                                                    report.step(),
                                                    name,
                                                    losses.content(),
                                                    losses.style(),
                                                    losses.total()));
                        });
            }
        }
        return lines;
    }
}
