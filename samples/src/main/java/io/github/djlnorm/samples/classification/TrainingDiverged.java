package io.github.djlnorm.samples.classification;

import io.github.djlnorm.samples.cli.BadInputException;

/** Thrown where the loss is no number any more. */
public final class TrainingDiverged extends BadInputException {

    private static final long serialVersionUID = 1L;

    public TrainingDiverged(float learningRate, Throwable cause) {
        super("training diverged: lower the learning rate " + learningRate, cause);
    }
}
