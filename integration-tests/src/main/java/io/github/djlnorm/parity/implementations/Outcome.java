package io.github.djlnorm.parity.implementations;

import io.github.djlnorm.parity.cases.Quantity;
import java.util.EnumMap;
import java.util.Map;

/**
 * What an implementation made of a case.
 *
 * @param values the quantities' values, in the order (N, C, *)
 * @param refusal why it refused, or null
 */
public record Outcome(Map<Quantity, double[]> values, String refusal) {

    public static Outcome of(Map<Quantity, double[]> values) {
        Map<Quantity, double[]> copy = new EnumMap<>(Quantity.class);
        copy.putAll(values);
        return new Outcome(copy, null);
    }

    public static Outcome refused(String why) {
        return new Outcome(Map.of(), why);
    }

    public boolean isRefused() {
        return refusal != null;
    }
}
