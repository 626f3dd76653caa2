package io.github.djlnorm.samples.classification;

import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;

/**
 * How parameters follow their gradients.
 *
 * @param method the optimizer
 * @param learningRate the step size, that at the start if it changes
 * @param schedule how the step size changes
 */
public record Optimization(Method method, float learningRate, Schedule schedule) {

    private static final float MOMENTUM = 0.9f;
    private static final float WEIGHT_DECAY = 1e-4f;

    /** An optimizer. */
    public enum Method {
        /** Adam. */
        ADAM,
        /** Stochastic gradient descent with a momentum of 0.9 and a weight decay of 0.0001. */
        SGD
    }

    /** A schedule of the step size. */
    public enum Schedule {
        /** The same all the time. */
        CONSTANT,
        /** Half a cosine wave from the learning rate down to zero. */
        COSINE
    }

    /**
     * Makes the optimizer.
     *
     * @param done the number of steps that were made before
     * @param all the number of steps at the end of training
     */
    public Optimizer newOptimizer(int done, int all) {
        Tracker rate =
                switch (schedule) {
                    case CONSTANT -> Tracker.fixed(learningRate);
                    case COSINE ->
                            Tracker.cosine()
                                    .setBaseValue(learningRate)
                                    .optFinalValue(0)
                                    .setMaxUpdates(all)
                                    .build();
                };
        Tracker tracker = update -> rate.getNewValue(update + done);
        return switch (method) {
            case ADAM -> Optimizer.adam().optLearningRateTracker(tracker).build();
            case SGD ->
                    Optimizer.sgd()
                            .setLearningRateTracker(tracker)
                            .optMomentum(MOMENTUM)
                            .optWeightDecays(WEIGHT_DECAY)
                            .build();
        };
    }
}
