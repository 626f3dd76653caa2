package io.github.djlnorm.samples;

import io.github.djlnorm.Norm;
import java.util.Locale;

/**
 * One training of a study.
 *
 * @param norm the normalization
 * @param batchSize the number of images in a training step
 * @param seed the seed of parameters and order
 */
record StudyRun(Norm norm, int batchSize, int seed) {

    /** A name that is fit for a file, and different for different runs. */
    String fileName() {
        return "%s-batch%d-seed%d".formatted(norm.toString().replace(':', '-'), batchSize, seed);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s at batch size %d, seed %d", norm, batchSize, seed);
    }
}
