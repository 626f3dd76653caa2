package io.github.djlnorm.samples.studies.batchsize;

import io.github.djlnorm.samples.classification.EpochReport;
import java.util.Locale;

/**
 * Where a training of a study ended.
 *
 * @param trainLoss the loss over the last epoch, or NaN if training diverged
 * @param trainError the share of training images that were classified wrongly in the last epoch
 * @param testError the share of test images that are classified wrongly in the end; that of
 *     guessing if training diverged
 * @param seconds how long the training took
 */
record BatchSizeResult(double trainLoss, double trainError, double testError, double seconds) {

    static final String HEADER = "train loss,train error,test error,seconds";

    static BatchSizeResult of(EpochReport last, double seconds) {
        return new BatchSizeResult(
                last.trainLoss(), 1 - last.trainAccuracy(), 1 - last.testAccuracy(), seconds);
    }

    static BatchSizeResult diverged(int classes, double seconds) {
        double guessing = 1 - 1.0 / classes;
        return new BatchSizeResult(Double.NaN, guessing, guessing, seconds);
    }

    /**
     * Reads what {@link #line} wrote.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static BatchSizeResult parse(String line) {
        String[] fields = line.split(",", -1);
        if (fields.length != 4) {
            throw new IllegalArgumentException("expected " + HEADER + ", got " + line);
        }
        return new BatchSizeResult(
                Double.parseDouble(fields[0]),
                Double.parseDouble(fields[1]),
                Double.parseDouble(fields[2]),
                Double.parseDouble(fields[3]));
    }

    String line() {
        return String.format(
                Locale.ROOT, "%.6f,%.6f,%.6f,%.1f", trainLoss, trainError, testError, seconds);
    }
}
