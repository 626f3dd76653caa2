package io.github.djlnorm.benchmark;

import java.util.Optional;

/** A comparison on one input: a line of the table. */
record Row(Comparison comparison, Aim aim) {

    Trial ours() {
        return new Trial(comparison.ours(), comparison.work(), aim.input());
    }

    Trial other() {
        return ours().with(comparison.other());
    }

    Optional<Target> target() {
        return aim.target();
    }

    boolean onPage() {
        return aim.onPage();
    }

    /** What the option that chooses looks at. */
    String label() {
        return comparison.label() + " " + aim.input();
    }
}
