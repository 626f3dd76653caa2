/**
 * Normalization layers for Deep Java Library (DJL) that run on libtorch's own kernels.
 *
 * <p>The layers differ in the set of elements that share one mean and one variance:
 *
 * <ul>
 *   <li>{@link io.github.djlnorm.GroupNorm}: a group of channels and all spatial positions of one
 *       instance; for convolutional networks with small batches
 *   <li>{@link io.github.djlnorm.InstanceNorm}: the spatial positions of one channel of one
 *       instance; for style transfer and image generation
 * </ul>
 *
 * <p>Neither lets an instance see the others of its batch.
 */
package io.github.djlnorm;
