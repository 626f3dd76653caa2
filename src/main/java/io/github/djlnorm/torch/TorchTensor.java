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
