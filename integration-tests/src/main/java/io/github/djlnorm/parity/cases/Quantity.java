package io.github.djlnorm.parity.cases;

/** What is compared. */
public enum Quantity {
    /** The output. */
    Y,
    /** The gradient of the input. */
    DX,
    /** The gradient of gamma. */
    DGAMMA,
    /** The gradient of beta. */
    DBETA,
    /** The running mean. */
    RUNNING_MEAN,
    /** The running variance. */
    RUNNING_VAR
}
