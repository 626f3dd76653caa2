package io.github.djlnorm.internal;

import java.util.Map;

/** A block that says what it is, as its file must say too. */
public interface Described {

    /**
     * Returns the number of channels of the block's input, where the block has one.
     *
     * @return the number of channels, or 0 if it is not known
     */
    default long getChannels() {
        return 0;
    }

    /**
     * Says how the block was built.
     *
     * @param channels the number of channels that options may depend on
     * @return the builder's methods and what they were given, in a fixed order
     */
    Map<String, Object> options(long channels);
}
