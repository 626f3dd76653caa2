/**
 * The one place that reaches libtorch: TorchScript functions made in memory and called from Java.
 */
package io.github.djlnorm.torch;
