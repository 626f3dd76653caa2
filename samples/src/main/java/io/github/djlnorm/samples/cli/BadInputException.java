package io.github.djlnorm.samples.cli;

/** Something that the user gave cannot be used; the message says what to do about it. */
public class BadInputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public BadInputException(String message) {
        super(message);
    }

    public BadInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
