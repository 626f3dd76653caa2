package io.github.djlnorm.samples.segmentation;

import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How many pixels of each class were taken for each class.
 *
 * <p>Of TP pixels of a class that were found, FN that were not, and FP that are of another one, the
 * intersection over union is TP / (TP + FN + FP), and the Dice coefficient 2 TP / (2 TP + FN + FP),
 * both from 0 to 1. They are not defined for a class that neither is there nor was found, which
 * means leave out.
 */
final class Confusion {

    private final int classes;
    private final long[] counts;

    Confusion(int classes) {
        this.classes = classes;
        counts = new long[classes * classes];
    }

    /** Counts the pixels of an image. */
    void add(Mask truth, Mask found) {
        for (int y = 0; y < truth.height(); y++) {
            for (int x = 0; x < truth.width(); x++) {
                counts[truth.at(x, y) * classes + found.at(x, y)]++;
            }
        }
    }

    int classes() {
        return classes;
    }

    /** The intersection over union of a class; not a number if it is not defined. */
    double iou(int classNumber) {
        double found = found(classNumber);
        return found / (found + wrong(classNumber));
    }

    /** The Dice coefficient of a class; not a number if it is not defined. */
    double dice(int classNumber) {
        double found = 2.0 * found(classNumber);
        return found / (found + wrong(classNumber));
    }

    /** The mean intersection over union of the classes. */
    double meanIou() {
        return mean(this::iou);
    }

    /** The mean Dice coefficient of the classes. */
    double meanDice() {
        return mean(this::dice);
    }

    private double mean(IntToDoubleFunction value) {
        return IntStream.range(0, classes)
                .mapToDouble(value)
                .filter(Double::isFinite)
                .average()
                .orElse(Double.NaN);
    }

    private long found(int classNumber) {
        return counts[classNumber * classes + classNumber];
    }

    /** What was missed, and what was taken for the class and is another. */
    private long wrong(int classNumber) {
        long wrong = 0;
        for (int other = 0; other < classes; other++) {
            if (other != classNumber) {
                wrong +=
                        counts[classNumber * classes + other]
                                + counts[other * classes + classNumber];
            }
        }
        return wrong;
    }
}
