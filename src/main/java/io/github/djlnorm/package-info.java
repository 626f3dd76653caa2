/** Normalization layers for Deep Java Library that run on libtorch's kernels. */
package io.github.djlnorm;
