/**
 * Convolutions with what belongs to them in a network: {@link
 * io.github.djlnorm.convolutional.ConvNorm}, a convolution, its normalization and its activation;
 * {@link io.github.djlnorm.convolutional.ConvTranspose} and {@link
 * io.github.djlnorm.convolutional.WeightStandardizedConv}, which DJL has not.
 */
package io.github.djlnorm.convolutional;
