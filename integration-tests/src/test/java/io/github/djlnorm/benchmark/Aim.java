package io.github.djlnorm.benchmark;

import java.util.Optional;

/**
 * An input of a comparison, and what is aimed at on it.
 *
 * @param input the input
 * @param target what is aimed at, if anything
 * @param onPage whether it is one of the few that the page and the chart show
 */
record Aim(Input input, Optional<Target> target, boolean onPage) {

    static Aim on(String input) {
        return new Aim(Input.parse(input), Optional.empty(), false);
    }

    /** With a ratio of ours to the other as target. */
    Aim atMost(double ratio) {
        return new Aim(input, Optional.of(new Target(ratio, true)), onPage);
    }

    /** With our own figure as target, in the unit of the work. */
    Aim within(double figure) {
        return new Aim(input, Optional.of(new Target(figure, false)), onPage);
    }

    Aim page() {
        return new Aim(input, target, true);
    }
}
