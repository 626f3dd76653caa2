package io.github.djlnorm.benchmark;

/** How much is measured. */
enum Size {
    /** To see that everything runs. */
    QUICK,
    DEFAULT,
    /** All shapes and group counts everywhere. */
    FULL
}
