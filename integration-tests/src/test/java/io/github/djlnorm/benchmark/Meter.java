package io.github.djlnorm.benchmark;

import java.io.IOException;

/** Measures a trial. */
interface Meter {

    Measurement measure(Trial trial) throws IOException;
}
