package io.github.djlnorm.internal;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;

/** The values of parameters, which outlive every {@link NDScope} that they are made in. */
public final class Values {

    private Values() {}

    /**
     * Returns a parameter's value on a device.
     *
     * @param store the store, which may copy
     * @param parameter the parameter, or null
     * @param device the device
     * @param training whether the call is part of training
     * @return the value, or null if there is no parameter
     */
    public static NDArray of(
            ParameterStore store, Parameter parameter, Device device, boolean training) {
        if (parameter == null) {
            return null;
        }
        NDArray value = store.getValue(parameter, device, training);
        // A copy belongs to the store, which gives it out again in later calls.
        NDScope.unregister(value);
        return value;
    }

    /**
     * Lets a store keep its copies of what a block is about to ask for, as blocks of DJL do not.
     *
     * @param store the store, which may copy
     * @param block the block
     * @param device the device
     * @param training whether the call is part of training
     */
    public static void keepCopies(
            ParameterStore store, Block block, Device device, boolean training) {
        for (Parameter parameter : block.getDirectParameters().values()) {
            if (parameter.isInitialized()) {
                of(store, parameter, device, training);
            }
        }
    }

    /**
     * Lets a block keep its parameters, though a scope of the caller was open when it got them.
     *
     * @param block a block
     */
    public static void keep(Block block) {
        for (Parameter parameter : block.getParameters().values()) {
            if (parameter.isInitialized()) {
                NDScope.unregister(parameter.getArray());
            }
        }
    }
}
