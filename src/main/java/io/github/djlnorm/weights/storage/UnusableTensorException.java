package io.github.djlnorm.weights.storage;

/** A tensor is of a type or kind that DJL has not; what is beside it may be read. */
public final class UnusableTensorException extends MalformedWeightsException {

    private static final long serialVersionUID = 1;

    /**
     * Creates an exception.
     *
     * @param reason why the tensor is of no use
     */
    public UnusableTensorException(String reason) {
        super(reason);
    }

    /**
     * Creates an exception for a type.
     *
     * @param type the type
     * @return the exception
     */
    public static UnusableTensorException ofType(String type) {
        return new UnusableTensorException(
                "its type is " + Printable.of(type) + ", which DJL has not");
    }
}
