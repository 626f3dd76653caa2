package io.github.djlnorm.internal;

/** The one wording of a refusal: the rule, what was expected, what came, and what to do. */
public final class Refusal {

    private Refusal() {}

    /**
     * Creates what is thrown for a bad argument.
     *
     * @param rule what must hold
     * @param expected what would have been right
     * @param actual what came
     * @param fix what to do
     * @return an exception to throw
     */
    public static IllegalArgumentException of(
            String rule, Object expected, Object actual, String fix) {
        return new IllegalArgumentException(
                rule + ": expected " + expected + ", got " + actual + "; " + fix);
    }
}
