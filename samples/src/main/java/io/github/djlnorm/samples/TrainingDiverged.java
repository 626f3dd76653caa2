package io.github.djlnorm.samples;

/** Thrown where the loss is no number any more. */
final class TrainingDiverged extends BadInputException {

    private static final long serialVersionUID = 1L;

    TrainingDiverged(float learningRate, Throwable cause) {
        super("training diverged: lower the learning rate " + learningRate, cause);
    }
}
