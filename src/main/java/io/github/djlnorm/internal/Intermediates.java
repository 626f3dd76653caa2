package io.github.djlnorm.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/** The results inside a block, which nobody needs once they were used. */
public final class Intermediates {

    private Intermediates() {}

    /**
     * Closes arrays, so that the next ones can have their memory. What autograd needs of them it
     * holds itself.
     *
     * @param arrays the arrays, which were used
     * @param inputs the input of the block, which stays open, as a block may pass it on
     * @param outputs the result, which stays open, as a block may return what it was given
     */
    public static void close(NDList arrays, NDList inputs, NDList outputs) {
        for (NDArray array : arrays) {
            if (!holds(inputs, array) && !holds(outputs, array)) {
                array.close();
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // equal arrays are others
    private static boolean holds(NDList list, NDArray array) {
        for (NDArray held : list) {
            if (held == array) {
                return true;
            }
        }
        return false;
    }
}
