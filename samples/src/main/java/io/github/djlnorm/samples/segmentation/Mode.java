package io.github.djlnorm.samples.segmentation;

import io.github.djlnorm.Norm;
import io.github.djlnorm.NormKind;
import java.util.List;
import java.util.Locale;

/** How a net with BatchNorm is used; others know no difference. */
enum Mode {
    /** With the statistics that it learned, as nets are used. */
    EVALUATION,
    /** With those of each batch, as it was trained. */
    TRAINING;

    /** The ways of using a net that give different results. */
    static List<Mode> of(Norm norm) {
        return norm.kind() == NormKind.BATCH || norm.kind() == NormKind.SYNC_BATCH
                ? List.of(EVALUATION, TRAINING)
                : List.of(EVALUATION);
    }

    /** The norm, and where it matters, the mode. */
    String label(Norm norm) {
        return of(norm).size() > 1 ? "%s (%s)".formatted(norm, this) : norm.toString();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
