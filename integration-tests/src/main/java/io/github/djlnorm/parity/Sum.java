package io.github.djlnorm.parity;

import java.util.function.IntToDoubleFunction;

/** Neumaier's compensated sum, so that the truth for double precision is itself exact. */
final class Sum {

    private double sum;
    private double lost;

    static double of(int count, IntToDoubleFunction terms) {
        Sum sum = new Sum();
        for (int i = 0; i < count; i++) {
            sum.add(terms.applyAsDouble(i));
        }
        return sum.value();
    }

    void add(double term) {
        double next = sum + term;
        lost += Math.abs(sum) >= Math.abs(term) ? (sum - next) + term : (term - next) + sum;
        sum = next;
    }

    double value() {
        return sum + lost;
    }
}
