package io.github.djlnorm.parity;

/** The layers under test. */
public enum Layer {
    /** Statistics of each group of channels. */
    GROUP_NORM,
    /** Statistics of each channel. */
    INSTANCE_NORM
}
