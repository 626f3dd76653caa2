package io.github.djlnorm.samples.segmentation;

import java.util.Locale;

/** How a net with BatchNorm is used; others know no difference. */
enum Mode {
    /** With the statistics that it learned, as nets are used. */
    EVALUATION,
    /** With those of each batch, as it was trained. */
    TRAINING;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
