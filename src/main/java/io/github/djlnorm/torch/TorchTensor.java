package io.github.djlnorm.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;

/** What DJL's interface does not tell of the PyTorch engine's arrays. */
public final class TorchTensor {

    private TorchTensor() {}

    /**
     * Tells whether autograd would record what the calling thread does with arrays. DJL's own
     * answer for an array is that of the first time it was asked.
     *
     * @param arrays arrays of the PyTorch engine; null for one that is absent
     * @return true if the thread collects gradients and one of the arrays takes part
     */
    public static boolean isRecorded(NDArray... arrays) {
        if (!JniUtils.isGradMode()) {
            return false;
        }
        for (NDArray array : arrays) {
            if (array != null && JniUtils.requiresGrad((PtNDArray) array)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Tells how many threads libtorch computes with, once there is an array of its engine.
     *
     * @return 1 or more
     */
    public static int numThreads() {
        return JniUtils.getNumThreads();
    }

    /**
     * Returns libtorch's handle of an array.
     *
     * @param array an array of the PyTorch engine
     * @return the handle, valid as long as the array is open
     * @throws IllegalStateException if the array is closed
     */
    public static long handle(NDArray array) {
        return ((PtNDArray) array).getHandle();
    }

    /**
     * Makes an array of a tensor.
     *
     * @param manager a manager of the PyTorch engine, which is to own it
     * @param handle libtorch's handle
     * @return the array
     */
    public static NDArray array(NDManager manager, long handle) {
        return new PtNDArray((PtNDManager) manager, handle);
    }
}
