package io.github.djlnorm.benchmark;

import java.util.Locale;

/** What a reader may ask for. */
enum Group {
    LAYERS_IN_INFERENCE,
    LAYERS_IN_TRAINING,
    WHOLE_NETS,
    FIRST_CALLS;

    /** As tables and options tell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
