package io.github.djlnorm.parity;

import java.util.EnumMap;
import java.util.Map;

/**
 * What an implementation made of a case: the quantities' values, in the order (N, C, *), or why it
 * refused.
 */
record Outcome(Map<Quantity, double[]> values, String refusal) {

    static Outcome of(Map<Quantity, double[]> values) {
        return new Outcome(new EnumMap<>(values), null);
    }

    static Outcome refused(String why) {
        return new Outcome(Map.of(), why);
    }

    /** Of what an implementation does not have. */
    static Outcome leftOut() {
        return new Outcome(Map.of(), null);
    }

    boolean isLeftOut() {
        return values.isEmpty() && !isRefused();
    }

    boolean isRefused() {
        return refusal != null;
    }
}
