package io.github.djlnorm.models;

/** What the builders of networks demand. */
final class ModelRules {

    private ModelRules() {}

    static void atLeast(int minimum, long value, String what, String call) {
        require(
                value >= minimum,
                what + " must not be below " + minimum + ": expected " + minimum + " or more",
                value,
                call);
    }

    static void require(boolean holds, String ruleAndExpected, Object actual, String call) {
        if (!holds) {
            throw new IllegalArgumentException(
                    ruleAndExpected + ", got " + actual + "; call " + call);
        }
    }
}
