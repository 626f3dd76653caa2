package io.github.djlnorm.samples.studies.lighting;

import io.github.djlnorm.Norm;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What nets with one norm and one seed reached.
 *
 * @param norm the normalization
 * @param seed the seed
 * @param byVeil the accuracy in telling what test images show, by the share of the veil over them
 * @param byEpoch the accuracy in telling the brightness level, after each epoch
 */
record LightingResult(Norm norm, int seed, Map<Double, Double> byVeil, List<Double> byEpoch) {

    String line() {
        return String.format(
                Locale.ROOT,
                "seed %d, %s: shows %.3f as is, %.3f at the worst veil; level %.3f",
                seed,
                norm,
                byVeil.get(0.0),
                Collections.min(byVeil.values()),
                byEpoch.get(byEpoch.size() - 1));
    }
}
