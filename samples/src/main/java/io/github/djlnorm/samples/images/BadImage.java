package io.github.djlnorm.samples.images;

import io.github.djlnorm.samples.cli.BadInputException;

/** An image that cannot be used. */
public final class BadImage extends BadInputException {

    private static final long serialVersionUID = 1L;

    private final String problem;

    /**
     * Creates a refusal.
     *
     * @param problem what is wrong, with the image's name
     * @param cure what to do about it
     */
    public BadImage(String problem, String cure) {
        super(problem + ": " + cure);
        this.problem = problem;
    }

    String problem() {
        return problem;
    }
}
