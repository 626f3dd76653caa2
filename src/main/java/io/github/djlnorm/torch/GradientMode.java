package io.github.djlnorm.torch;

import ai.djl.pytorch.jni.JniUtils;

/**
 * Whether autograd records what a thread computes. libtorch has a mode for each thread: a new one
 * records, and one that a gradient collector knows nothing of stays as it is.
 *
 * @param recording true if autograd records
 */
public record GradientMode(boolean recording) {

    /**
     * Asks for the mode of the current thread.
     *
     * @return the mode that it has now
     */
    public static GradientMode ofThisThread() {
        return new GradientMode(JniUtils.isGradMode());
    }

    /** Sets the mode of the current thread. */
    public void set() {
        JniUtils.setGradMode(recording);
    }
}
