package io.github.djlnorm.parity.implementations;

import io.github.djlnorm.parity.cases.Quantity;
import java.util.EnumMap;
import java.util.Map;

/**
 * What an implementation made of a case: the quantities' values, in the order (N, C, *), or why it
 * refused.
 */
public record Outcome(Map<Quantity, double[]> values, String refusal) {

    public static Outcome of(Map<Quantity, double[]> values) {
        return new Outcome(new EnumMap<>(values), null);
    }

    public static Outcome refused(String why) {
        return new Outcome(Map.of(), why);
    }

    /** Of what an implementation does not have. */
    public static Outcome leftOut() {
        return new Outcome(Map.of(), null);
    }

    public boolean isLeftOut() {
        return values.isEmpty() && !isRefused();
    }

    public boolean isRefused() {
        return refusal != null;
    }
}
