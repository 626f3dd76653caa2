package io.github.djlnorm.benchmark;

import java.io.IOException;

/** Measures a trial. */
interface Meter {

    /** Returns the time or the memory that it took, in the unit of its work. */
    double measure(Trial trial) throws IOException;
}
