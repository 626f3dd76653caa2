package io.github.djlnorm.parity.cases;

import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Layout;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The names of cases, read. */
final class CaseName {

    private static final String FORM =
            "LAYER/SHAPE/groups=N/MODE/AFFINE/RUNNING/PRECISION/LAYOUT/DISTRIBUTION/eps=X/seed=N[/EXTRA]";

    private static final int PARTS = 11;

    private CaseName() {}

    static ParityCase parse(String name) {
        String[] parts = name.split("/", -1);
        if (parts.length != PARTS && parts.length != PARTS + 1) {
            throw new IllegalArgumentException(
                    "a case's name has the form " + FORM + ": got " + name);
        }
        try {
            return existing(
                    new ParityCase(
                            value(Layer.class, parts[0]),
                            new Shape(
                                    Arrays.stream(parts[1].split("x"))
                                            .mapToLong(Long::parseLong)
                                            .toArray()),
                            Integer.parseInt(after("groups=", parts[2])),
                            value(Mode.class, parts[3]),
                            value(Affine.class, parts[4]),
                            value(Running.class, parts[5]),
                            value(Precision.class, parts[6]),
                            value(Layout.class, parts[7]),
                            value(Distribution.class, parts[8]),
                            Float.parseFloat(after("eps=", parts[9])),
                            Integer.parseInt(after("seed=", parts[10])),
                            parts.length == PARTS ? Extra.NONE : value(Extra.class, parts[PARTS])));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "a case's name has the form " + FORM + ": " + e.getMessage() + " in " + name,
                    e);
        }
    }

    private static ParityCase existing(ParityCase c) {
        require(c, c.affine(), c.layer().affines());
        require(
                c,
                c.running(),
                Stream.concat(c.layer().runnings().stream(), c.layer().moreRunnings().stream())
                        .toList());
        require(c, c.extra(), c.layer().extras());
        Feasibility.objection(c)
                .ifPresent(
                        objection -> {
                            throw new IllegalArgumentException(
                                    "there is no such case: " + objection);
                        });
        require(c, c.groups(), c.layer().groupCounts(c.channels()).boxed().toList());
        return c;
    }

    private static <T> void require(ParityCase c, T value, Collection<T> known) {
        if (!known.contains(value)) {
            throw new IllegalArgumentException(
                    "%s has one of %s, not %s".formatted(c.layer().title(), known, value));
        }
    }

    private static <E extends Enum<E>> E value(Class<E> type, String label) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> ParityCase.label(constant).equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        label
                                                + " is none of "
                                                + Arrays.stream(type.getEnumConstants())
                                                        .map(ParityCase::label)
                                                        .collect(Collectors.joining(", "))));
    }

    private static String after(String key, String part) {
        if (!part.startsWith(key)) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return part.substring(key.length());
    }
}
