/**
 * The formats of weights: which tensors a file holds, by its own names. Nothing here knows a block,
 * and all but {@link io.github.djlnorm.weights.format.WeightFormat} may change in any release.
 */
package io.github.djlnorm.weights.format;
