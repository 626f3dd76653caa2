package io.github.djlnorm.samples.style;

import io.github.djlnorm.Norm;
import java.util.List;

/**
 * How the training of a generator went.
 *
 * @param norm the normalization
 * @param seed the seed
 * @param reports the losses from the first steps to the last
 */
record StylizeResult(Norm norm, int seed, List<LossReport> reports) {}
