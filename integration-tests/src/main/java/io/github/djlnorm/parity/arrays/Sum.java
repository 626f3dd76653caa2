package io.github.djlnorm.parity.arrays;

import java.util.function.IntToDoubleFunction;

/** Neumaier's compensated sum, so that the truth for double precision is itself exact. */
public final class Sum {

    private double sum;
    private double lost;

    public static double of(int count, IntToDoubleFunction terms) {
        Sum sum = new Sum();
        for (int i = 0; i < count; i++) {
            sum.add(terms.applyAsDouble(i));
        }
        return sum.value();
    }

    public void add(double term) {
        double next = sum + term;
        lost += Math.abs(sum) >= Math.abs(term) ? (sum - next) + term : (term - next) + sum;
        sum = next;
    }

    public double value() {
        return sum + lost;
    }
}
