package io.github.djlnorm.benchmark;

import java.util.OptionalDouble;

/** A comparison on one input: a line of the table. */
record Row(Comparison comparison, Trial ours) {

    Trial other() {
        return ours.with(comparison.other());
    }

    OptionalDouble target() {
        return comparison.target(ours);
    }

    /** What can be told of both. */
    String input() {
        return ours.dimensions() + " groups=" + ours.groups();
    }
}
