/**
 * The values of tensors where files have them: stretches of bytes, types, views. All but {@link
 * io.github.djlnorm.weights.storage.Tensor} and {@link
 * io.github.djlnorm.weights.storage.MalformedWeightsException} may change in any release.
 */
package io.github.djlnorm.weights.storage;
