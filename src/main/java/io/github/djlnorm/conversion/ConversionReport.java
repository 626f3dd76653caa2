package io.github.djlnorm.conversion;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a conversion replaces and what it cannot replace, each at its path: the names of the
 * children that lead there, as in {@code 05ParallelBlock/01SequentialBlock/02BatchNorm}.
 *
 * @param replaced the layers that are replaced, in the order of the model
 * @param kept the blocks that cannot be replaced or looked into, in the order of the model
 */
public record ConversionReport(List<Replaced> replaced, List<Kept> kept) {

    /**
     * A layer that is replaced.
     *
     * @param path where it was; the name of the new layer may differ in its last part
     * @param before the layer that was there, such as "BatchNorm, 64 channels"
     * @param after the layer that takes its place, such as "GroupNorm, 32 groups"
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
        int path =
                Stream.concat(replaced.stream().map(Replaced::path), kept.stream().map(Kept::path))
                        .mapToInt(String::length)
                        .max()
                        .orElse(1);
        int block =
                Stream.concat(
                                replaced.stream().map(Replaced::before),
                                kept.stream().map(Kept::block))
                        .mapToInt(String::length)
                        .max()
                        .orElse(1);
        String row = "%n%-" + path + "s  %-" + block + "s  %s %s";
        return Stream.of(
                        Stream.of(
                                "replaced %d, could not replace %d"
                                        .formatted(replaced.size(), kept.size())),
                        replaced.stream()
                                .map(r -> row.formatted(r.path(), r.before(), "->", r.after())),
                        kept.stream()
                                .map(k -> row.formatted(k.path(), k.block(), "stays:", k.reason())))
                .flatMap(lines -> lines)
                .collect(Collectors.joining());
    }
}
