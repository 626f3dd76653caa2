package io.github.djlnorm.samples;

import java.util.Locale;

/**
 * How far training has come after an epoch.
 *
 * @param epoch the epoch, from 1
 * @param trainLoss the mean loss over the epoch's training batches
 * @param trainAccuracy the share of training images that were classified rightly meanwhile
 * @param testLoss the loss on the test images after the epoch
 * @param testAccuracy the share of test images that are classified rightly after the epoch
 * @param imagesPerSecond the speed of training, without the test
 */
record EpochReport(
        int epoch,
        double trainLoss,
        double trainAccuracy,
        double testLoss,
        double testAccuracy,
        double imagesPerSecond) {

    String line() {
        return String.format(
                Locale.ROOT,
                "epoch %2d  loss %.4f  train accuracy %.4f  test accuracy %.4f  %.0f images/s",
                epoch,
                trainLoss,
                trainAccuracy,
                testAccuracy,
                imagesPerSecond);
    }
}
