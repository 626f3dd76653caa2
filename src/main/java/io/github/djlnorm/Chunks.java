package io.github.djlnorm;

import ai.djl.ndarray.types.Shape;

/** Parts that groups are divided into, where there are fewer groups than threads. */
final class Chunks {

    private Chunks() {}

    /**
     * Returns how many chunks each group is to be divided into.
     *
     * @param shape the shape (N, C, *) of what is normalized
     * @param numGroups the number of groups
     * @param threads how many threads are to be kept busy, if that many equal chunks can be had
     * @return a power of two
     */
    static int count(Shape shape, int numGroups, int threads) {
        long groups = shape.get(0) * numGroups;
        long channels = shape.get(1) / numGroups;
        long positions = shape.slice(2).size();
        int chunks = 1;
        while (chunks * groups < threads && positions % sections(channels, 2 * chunks) == 0) {
            chunks = 2 * chunks;
        }
        return chunks;
    }

    /** The parts of a channel, of which a chunk is a whole number. */
    private static long sections(long channels, int chunks) {
        long sections = 1;
        while (channels * sections % chunks != 0) {
            sections = 2 * sections;
        }
        return sections;
    }
}
