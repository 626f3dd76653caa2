package io.github.djlnorm.advice;

import ai.djl.nn.Block;
import io.github.djlnorm.internal.BlockTree;
import io.github.djlnorm.internal.Refusal;

/**
 * Checks a model's normalization before a bad choice costs a training run.
 *
 * <pre>{@code
 * TrainingSetting setting = new TrainingSetting(ModelFamily.OBJECT_DETECTION, 2, 8);
 * Advisor.check(model, setting).forEach(System.out::println);
 * }</pre>
 *
 * <p>The mistakes that it knows are those of {@link Rule}; each is found at the layer that makes
 * it, with numbers from the shapes that the model was initialized with and the batch size of the
 * setting. A finding is advice: it names what usually goes wrong, and there may be reasons to do it
 * all the same.
 *
 * <p>What comes before a layer is known in a SequentialBlock, also across nested ones. In blocks
 * with a forward method of their own it is not, and redundant biases are not found there.
 */
public final class Advisor {

    private Advisor() {}

    /**
     * Checks a model.
     *
     * @param model an initialized model
     * @param setting how it is to be trained
     * @return what was found, in the order of the model; its text is a summary
     * @throws IllegalArgumentException if the model is not initialized
     */
    public static Advice check(Block model, TrainingSetting setting) {
        if (!model.isInitialized()) {
            throw Refusal.of(
                    "advice needs the shapes of a model's inputs",
                    "an initialized model",
                    "one that is not",
                    "call initialize first, with a batch such as (32, 3, 224, 224)");
        }
        return new Advice(
                BlockTree.places(model).stream()
                        .flatMap(place -> Checks.ALL.stream().flatMap(c -> c.check(place, setting)))
                        .toList());
    }
}
