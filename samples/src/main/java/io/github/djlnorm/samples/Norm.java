package io.github.djlnorm.samples;

import ai.djl.nn.Block;
import ai.djl.nn.norm.BatchNorm;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A choice of normalization.
 *
 * @param name the choice as a user writes it
 * @param groups the number of groups that must divide every layer's channels
 * @param layers makes a new layer, or nothing for a net without normalization
 */
record Norm(String name, int groups, Supplier<Optional<Block>> layers) {

    static final String CHOICES = "none, batch, layer, instance, group:N";

    private static final String GROUP = "group:";

    /**
     * Reads a choice of normalization.
     *
     * @throws BadInputException if there is no such normalization
     */
    static Norm parse(String name) {
        if (name.startsWith(GROUP)) {
            return group(name, groupCount(name));
        }
        return switch (name) {
            case "none" -> new Norm(name, 1, Optional::empty);
            case "batch" -> new Norm(name, 1, () -> Optional.of(BatchNorm.builder().build()));
            case "instance" -> new Norm(name, 1, () -> Optional.of(InstanceNorm.builder().build()));
            case "layer" -> group(name, 1);
            default ->
                    throw new BadInputException(
                            "unknown norm '" + name + "': use one of " + CHOICES);
        };
    }

    private static Norm group(String name, int groups) {
        return new Norm(
                name, groups, () -> Optional.of(GroupNorm.builder().setNumGroups(groups).build()));
    }

    private static int groupCount(String name) {
        String count = name.substring(GROUP.length());
        try {
            int groups = Integer.parseInt(count);
            if (groups >= 1) {
                return groups;
            }
        } catch (NumberFormatException e) {
            throw wrongCount(name, e);
        }
        throw wrongCount(name, null);
    }

    private static BadInputException wrongCount(String name, Throwable cause) {
        return new BadInputException(
                "'" + name + "' has no group count: use a whole number of at least 1, like group:8",
                cause);
    }

    /** A new layer, or nothing for a net without normalization. */
    Optional<Block> newLayer() {
        return layers.get();
    }

    /**
     * Checks that the groups divide the channels.
     *
     * @throws BadInputException if they do not
     */
    void requireDivides(int channels) {
        if (channels % groups != 0) {
            String divisors =
                    String.join(
                            ", ",
                            IntStream.rangeClosed(1, channels)
                                    .filter(d -> channels % d == 0)
                                    .mapToObj(Integer::toString)
                                    .toList());
            throw new BadInputException(
                    groups
                            + " groups do not divide "
                            + channels
                            + " channels: use one of "
                            + divisors);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
