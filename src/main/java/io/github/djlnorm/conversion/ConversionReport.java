package io.github.djlnorm.conversion;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a conversion replaces and what it cannot replace, each at its path: the names of the
 * children that lead there, as in {@code 05ParallelBlock/01SequentialBlock/02BatchNorm}.
 *
 * <p>What is no child but held by a field or function has the path of the block that leads to it
 * and then the names of the fields, as in {@code 02LambdaBlock.lambda.arg$1}; {@code arg$1} is what
 * Java calls the first thing that a function captured.
 *
 * @param done true if the layers were replaced, false if that is only planned
 * @param replaced the layers that are replaced, in the order of the model
 * @param kept the blocks that cannot be replaced or looked into, in the order of the model, and
 *     then those that are no children
 */
public record ConversionReport(boolean done, List<Replaced> replaced, List<Kept> kept) {

    /**
     * A layer that is replaced.
     *
     * @param path where it was; the name of the new layer may differ in its last part
     * @param before the layer that was there, such as "BatchNorm, 64 channels"
     * @param after the layer that takes its place, such as "GroupNorm, 32 groups", or "GroupNorm,
     *     up to 32 groups" for channels that are not known yet
     */
    public record Replaced(String path, String before, String after) {}

    /**
     * A block that stays.
     *
     * @param path where it is
     * @param block what it is
     * @param reason why it cannot be replaced, and what to do about it
     */
    public record Kept(String path, String block, String reason) {}

    /**
     * Creates a report.
     *
     * @param done true if the layers were replaced, false if that is only planned
     * @param replaced the layers that are replaced
     * @param kept the blocks that cannot be replaced or looked into
     */
    public ConversionReport {
        replaced = List.copyOf(replaced);
        kept = List.copyOf(kept);
    }

    /**
     * Tells whether nothing stood in the way.
     *
     * @return true if there is no block that has to stay
     */
    public boolean isComplete() {
        return kept.isEmpty();
    }

    /** A line for each block, in columns. */
    @Override
    public String toString() {
        String row =
                "%n%-"
                        + width(Replaced::path, Kept::path)
                        + "s  %-"
                        + width(Replaced::before, Kept::block)
                        + "s  %s %s";
        String summary =
                done ? "replaced %d, could not replace %d" : "would replace %d, cannot replace %d";
        return Stream.of(
                        Stream.of(summary.formatted(replaced.size(), kept.size())),
                        replaced.stream()
                                .map(r -> row.formatted(r.path(), r.before(), "->", r.after())),
                        kept.stream()
                                .map(k -> row.formatted(k.path(), k.block(), "stays:", k.reason())))
                .flatMap(lines -> lines)
                .collect(Collectors.joining());
    }

    private int width(Function<Replaced, String> ofReplaced, Function<Kept, String> ofKept) {
        return Stream.concat(replaced.stream().map(ofReplaced), kept.stream().map(ofKept))
                .mapToInt(String::length)
                .max()
                .orElse(1);
    }
}
