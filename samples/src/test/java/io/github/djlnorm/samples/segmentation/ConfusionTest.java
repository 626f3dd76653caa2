package io.github.djlnorm.samples.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ConfusionTest {

    /**
     * By hand: of 6 pixels of class 0, 4 are found and 2 taken for class 1; of 3 of class 1, all
     * are found; of 1 of class 2, none, it is taken for 0.
     */
    @Test
    void overlapIsCountedByClass() {
        Confusion confusion = new Confusion(4);
        confusion.add(mask(0, 0, 0, 0, 1), mask(0, 0, 1, 0, 1));
        confusion.add(mask(0, 0, 1, 1, 2), mask(0, 1, 1, 1, 0));
        assertThat(confusion.iou(0)).isCloseTo(4.0 / 7, within(1e-12));
        assertThat(confusion.iou(1)).isCloseTo(3.0 / 5, within(1e-12));
        assertThat(confusion.iou(2)).isZero();
        assertThat(confusion.dice(0)).isCloseTo(8.0 / 11, within(1e-12));
        assertThat(confusion.dice(1)).isCloseTo(6.0 / 8, within(1e-12));
        // A class that is nowhere is left out.
        assertThat(confusion.iou(3)).isNaN();
        assertThat(confusion.dice(3)).isNaN();
        assertThat(confusion.meanIou()).isCloseTo((4.0 / 7 + 0.6) / 3, within(1e-12));
        assertThat(confusion.meanDice()).isCloseTo((8.0 / 11 + 0.75) / 3, within(1e-12));
    }

    private static Mask mask(int... classes) {
        byte[] bytes = new byte[classes.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) classes[i];
        }
        return new Mask(classes.length, bytes);
    }
}
