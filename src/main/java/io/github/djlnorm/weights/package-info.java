/**
 * PyTorch checkpoints in and out, without Python: {@link io.github.djlnorm.weights.StateDict} reads
 * and writes the files, {@link io.github.djlnorm.weights.WeightLoader} puts the weights into DJL
 * blocks.
 *
 * <p>A checkpoint is untrusted: nothing in it is ever executed, what it declares is checked against
 * what the file holds before memory is reserved for it, and what is wrong is a {@link
 * io.github.djlnorm.weights.storage.MalformedWeightsException}.
 */
package io.github.djlnorm.weights;
