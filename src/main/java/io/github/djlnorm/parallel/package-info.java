/**
 * A batch in shards, each in a thread and on a device of its own, as {@link
 * io.github.djlnorm.SyncBatchNorm} needs it.
 */
package io.github.djlnorm.parallel;
