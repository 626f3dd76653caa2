package io.github.djlnorm.samples.classification;

import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlnorm.samples.optimizers.OptimizerState;
import io.github.djlnorm.samples.optimizers.ResumableAdam;
import io.github.djlnorm.samples.optimizers.ResumableSgd;

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
     * @param state what it goes on from, and keeps up to date
     * @param all the number of steps at the end of training
     */
    public Optimizer newOptimizer(OptimizerState state, int all) {
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
        return switch (method) {
            case ADAM -> new ResumableAdam(Optimizer.adam().optLearningRateTracker(rate), state);
            case SGD ->
                    new ResumableSgd(
                            Optimizer.sgd()
                                    .setLearningRateTracker(rate)
                                    .optMomentum(MOMENTUM)
                                    .optWeightDecays(WEIGHT_DECAY),
                            state);
        };
    }
}
