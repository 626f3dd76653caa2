package io.github.djlnorm.advice;

/**
 * A mistake in a model's normalization.
 *
 * @param path where: the names of the children that lead to the layer, as in {@code
 *     05ParallelBlock/01SequentialBlock/02BatchNorm}
 * @param rule which mistake
 * @param reason why it is one, with the numbers of this layer
 * @param suggestion what to write instead
 */
public record Finding(String path, Rule rule, String reason, String suggestion) {

    /**
     * Tells where the rule comes from.
     *
     * @return a paper or a documentation page, with its address
     */
    public String source() {
        return rule.source();
    }

    @Override
    public String toString() {
        return "%s: %s%n  %s%n  %s%n  %s".formatted(path, rule, reason, suggestion, source());
    }
}
