package io.github.djlnorm.benchmark;

import java.util.List;

/** A contestant that is ready to work. */
interface Call extends AutoCloseable {

    /** Does the work once and releases its results. */
    void run();

    /**
     * Does the work once.
     *
     * @return the output; then the gradients of the input and the parameters, if there are any
     */
    List<float[]> numbers();

    /** Tells which kernel of ours does it, as nothing where none does. */
    default String kernel() {
        return "";
    }

    @Override
    void close();
}
