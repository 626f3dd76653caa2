package io.github.djlnorm.benchmark;

import java.util.Locale;

/**
 * What is aimed at.
 *
 * @param limit the most that is right
 * @param ofRatio whether the ratio is meant, or our own figure
 */
record Target(double limit, boolean ofRatio) {

    boolean isMetBy(Result result) {
        return (ofRatio ? result.median() : result.ourMedian()) <= limit;
    }

    String text(String unit) {
        return ofRatio
                ? "<=" + String.format(Locale.ROOT, "%.2f", limit)
                : "<=" + String.format(Locale.ROOT, "%.0f ", limit) + unit;
    }
}
