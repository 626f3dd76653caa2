package io.github.djlnorm.advice;

import io.github.djlnorm.internal.Refusal;

/**
 * How a model is trained, as far as its normalization depends on it.
 *
 * @param family what the model is made for
 * @param batchSizePerDevice how many instances each device sees at once, 1 or more
 * @param devices how many devices share a batch, 1 or more
 */
public record TrainingSetting(ModelFamily family, int batchSizePerDevice, int devices) {

    /**
     * Creates a setting.
     *
     * @param family what the model is made for
     * @param batchSizePerDevice how many instances each device sees at once, 1 or more
     * @param devices how many devices share a batch, 1 or more
     * @throws IllegalArgumentException if a number is below 1
     */
    public TrainingSetting {
        atLeastOne("the batch size per device", batchSizePerDevice);
        atLeastOne("the number of devices", devices);
    }

    /**
     * Creates a setting with one device.
     *
     * @param family what the model is made for
     * @param batchSize how many instances the device sees at once, 1 or more
     * @throws IllegalArgumentException if the batch size is below 1
     */
    public TrainingSetting(ModelFamily family, int batchSize) {
        this(family, batchSize, 1);
    }

    static void atLeastOne(String what, int number) {
        if (number < 1) {
            throw Refusal.of(
                    what + " must be positive", "1 or more", number, "use the training's number");
        }
    }
}
