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
 *   <li>{@link io.github.djlnorm.ChannelLayerNorm}: the channels at one position of one instance;
 *       for ConvNeXt and vision transformers
 *   <li>{@link io.github.djlnorm.RMSNorm}: as that, by the mean square alone; for transformers and
 *       language models
 *   <li>{@link io.github.djlnorm.ConditionalInstanceNorm} and {@link
 *       io.github.djlnorm.AdaptiveInstanceNorm}: as InstanceNorm, with the scale and shift of a
 *       class, and with the mean and deviation of a second input; for one network with many styles
 *   <li>{@link io.github.djlnorm.FrozenBatchNorm}: none, its statistics are constants; for networks
 *       trained with BatchNorm
 * </ul>
 *
 * <p>None lets an instance see the others of its batch.
 */
package io.github.djlnorm;
