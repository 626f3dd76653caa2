package io.github.djlnorm.torch;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtSymbolBlock;

/** A way to call the method {@code forward} of a module, in the gradient mode of the thread. */
interface ModuleCall {

    /**
     * Calls it.
     *
     * @param module the module
     * @param inputs the arguments, whose names have no influence
     * @return its result, attached to the manager of the first input
     */
    NDList run(PtSymbolBlock module, NDList inputs);

    /** The shortest way that there is. */
    static ModuleCall shortest() {
        return NativeCall.find().orElseGet(IValueCall::new);
    }
}
