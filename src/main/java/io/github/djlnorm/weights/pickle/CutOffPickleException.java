package io.github.djlnorm.weights.pickle;

import io.github.djlnorm.weights.storage.MalformedWeightsException;

/** A pickle, or the part of it that was read, ends in the middle. */
public final class CutOffPickleException extends MalformedWeightsException {

    private static final long serialVersionUID = 1;

    CutOffPickleException() {
        super("the pickle is cut off");
    }
}
