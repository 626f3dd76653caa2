package io.github.djlnorm.weights.storage;

/** A tensor is of a type that DJL has not; what is beside it may be read. */
public final class UnusableTypeException extends MalformedWeightsException {

    private static final long serialVersionUID = 1;

    public UnusableTypeException(String type) {
        super("its type is " + Printable.of(type) + ", which DJL has not");
    }
}
