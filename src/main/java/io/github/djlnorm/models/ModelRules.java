package io.github.djlnorm.models;

import io.github.djlnorm.internal.Refusal;

/** What the builders of networks demand. */
final class ModelRules {

    private ModelRules() {}

    static void atLeast(int minimum, long value, String what, String call) {
        require(
                value >= minimum,
                what + " must not be below " + minimum,
                minimum + " or more",
                value,
                call);
    }

    static void require(boolean holds, String rule, Object expected, Object actual, String call) {
        if (!holds) {
            throw Refusal.of(rule, expected, actual, "call " + call);
        }
    }
}
