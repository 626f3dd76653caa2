package io.github.djlnorm.benchmark;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** One contestant at one piece of work. */
record Trial(Contestant contestant, Work work, Shape shape, int groups) {

    long channels() {
        return shape.get(1);
    }

    Trial with(Contestant another) {
        return new Trial(another, work, shape, groups);
    }

    Trial with(Shape another, int otherGroups) {
        return new Trial(contestant, work, another, otherGroups);
    }

    /** With as many channels and axes, and hardly anything to do. */
    Trial tiny() {
        long[] dimensions = shape.getShape().clone();
        Arrays.fill(dimensions, 2, dimensions.length, 3);
        dimensions[0] = 1;
        return with(new Shape(dimensions), groups);
    }

    Call open() {
        return contestant.open(this);
    }

    String dimensions() {
        return Arrays.stream(shape.getShape())
                .mapToObj(Long::toString)
                .collect(Collectors.joining("x"));
    }

    /** For the command line of a process that works. */
    List<String> toArguments() {
        return List.of(contestant.name(), work.name(), dimensions(), Integer.toString(groups));
    }

    /** What {@link #toArguments} writes. */
    static Trial of(String... arguments) {
        return new Trial(
                Contestant.valueOf(arguments[0]),
                Work.valueOf(arguments[1]),
                shape(arguments[2]),
                Integer.parseInt(arguments[3]));
    }

    /** What {@link #dimensions} writes. */
    static Shape shape(String dimensions) {
        return new Shape(Arrays.stream(dimensions.split("x")).mapToLong(Long::parseLong).toArray());
    }
}
