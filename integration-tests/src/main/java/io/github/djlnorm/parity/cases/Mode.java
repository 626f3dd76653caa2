package io.github.djlnorm.parity.cases;

/** What a layer is doing when its result is taken. */
public enum Mode {
    /** Training: running statistics move. */
    TRAIN,
    /** Evaluation: running statistics are used, where there are any. */
    EVAL,
    /** As evaluation, where autograd records nothing, so that other kernels may run. */
    INFER
}
