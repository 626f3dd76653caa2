package io.github.djlnorm.samples.classification;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

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

    /** The numbers of several epochs, a line for each. */
    static String csv(List<EpochReport> reports) {
        return reports.stream()
                .map(
                        r ->
                                String.join(
                                        ",",
                                        Integer.toString(r.epoch),
                                        Double.toString(r.trainLoss),
                                        Double.toString(r.trainAccuracy),
                                        Double.toString(r.testLoss),
                                        Double.toString(r.testAccuracy),
                                        Double.toString(r.imagesPerSecond)))
                .collect(Collectors.joining("\n"));
    }

    /**
     * Reads what {@link #csv} wrote.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static List<EpochReport> parseAll(String csv) {
        return csv.lines().map(line -> parse(line.split(",", -1))).toList();
    }

    private static EpochReport parse(String[] fields) {
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
