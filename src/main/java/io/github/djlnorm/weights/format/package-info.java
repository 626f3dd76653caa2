/**
 * The formats of weights: what a file holds, by its own names. Nothing here knows a block, and all
 * but {@link io.github.djlnorm.weights.format.Tensor} and {@link
 * io.github.djlnorm.weights.format.MalformedWeightsException} may change in any release.
 */
package io.github.djlnorm.weights.format;
