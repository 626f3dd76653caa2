package io.github.djlnorm.weights.storage;

import java.io.IOException;

/** A file of weights is damaged, or asks for something that such a file must not ask for. */
public class MalformedWeightsException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what is wrong
     */
    public MalformedWeightsException(String message) {
        super(message);
    }

    /**
     * Creates an exception.
     *
     * @param message what is wrong
     * @param cause what showed it
     */
    public MalformedWeightsException(String message, Throwable cause) {
        super(message, cause);
    }
}
