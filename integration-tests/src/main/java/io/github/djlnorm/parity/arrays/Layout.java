package io.github.djlnorm.parity.arrays;

/** How an input lies in memory, or is handed to the layer. */
public enum Layout {
    /** (N, C, *) in order. */
    CONTIGUOUS,
    /** A view (N, C, *) of memory in the order (N, *, C). */
    CHANNELS_LAST,
    /** A view with its last two axes exchanged. */
    TRANSPOSED,
    /** A view that leaves out the first and last elements of each row of a wider array. */
    SLICE,
    /** An input (N, *, C), normalized along its last axis. */
    LAST_AXIS,
    /** An input (N, A, C, *), normalized along its third axis; A is the first axis of *. */
    THIRD_AXIS,
    /** One instance (C, *) without the batch axis. */
    UNBATCHED
}
