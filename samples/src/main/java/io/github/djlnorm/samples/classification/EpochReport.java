package io.github.djlnorm.samples.classification;

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
public record EpochReport(
        int epoch,
        double trainLoss,
        double trainAccuracy,
        double testLoss,
        double testAccuracy,
        double imagesPerSecond) {

    /** The numbers in a line. */
    String csv() {
        return String.join(
                ",",
                Integer.toString(epoch),
                Double.toString(trainLoss),
                Double.toString(trainAccuracy),
                Double.toString(testLoss),
                Double.toString(testAccuracy),
                Double.toString(imagesPerSecond));
    }

    /**
     * Reads what {@link #csv} wrote.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static EpochReport parse(String csv) {
        String[] fields = csv.split(",", -1);
        if (fields.length != 6) {
            throw new IllegalArgumentException("expected 6 numbers, got " + fields.length);
        }
        return new EpochReport(
                Integer.parseInt(fields[0]),
                Double.parseDouble(fields[1]),
                Double.parseDouble(fields[2]),
                Double.parseDouble(fields[3]),
                Double.parseDouble(fields[4]),
                Double.parseDouble(fields[5]));
    }

    public String line() {
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
