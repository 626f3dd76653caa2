package io.github.djlnorm.samples.segmentation;

import io.github.djlnorm.Norm;
import io.github.djlnorm.NormKind;
import java.util.List;

/**
 * One of several trainings.
 *
 * @param norm the normalization
 * @param batchSize the number of images in a training step
 * @param seed what initial parameters and the images' order follow from
 */
record SegmentRun(Norm norm, int batchSize, int seed) {

    /** The name of the folder with its model. */
    String folder() {
        return "%s-batch%d-seed%d".formatted(norm.toString().replace(':', '-'), batchSize, seed);
    }

    /** The ways of using the net that give different results. */
    List<Mode> modes() {
        return norm.kind() == NormKind.BATCH || norm.kind() == NormKind.SYNC_BATCH
                ? List.of(Mode.EVALUATION, Mode.TRAINING)
                : List.of(Mode.EVALUATION);
    }

    /** The norm, and where it matters, the mode. */
    String label(Mode mode) {
        return modes().size() > 1 ? "%s (%s)".formatted(norm, mode) : norm.toString();
    }

    @Override
    public String toString() {
        return "%s at batch size %d, seed %d".formatted(norm, batchSize, seed);
    }
}
