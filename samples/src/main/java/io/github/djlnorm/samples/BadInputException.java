package io.github.djlnorm.samples;

/** Something that the user gave cannot be used; the message says what to do about it. */
class BadInputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BadInputException(String message) {
        super(message);
    }

    BadInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
