package io.github.djlnorm.samples.images;

import java.util.concurrent.Semaphore;

/** Bounds how many pixels are decoded at once, however many threads decode images. */
final class PixelMemory {

    // The decoder's raster, and two copies of 3 to 4 bytes while it is converted and turned, for
    // which at most half of the heap may go.
    private static final int BYTES_PER_PIXEL = 16;

    /** The most pixels that an image may have. */
    static final long MOST =
            Math.min(100_000_000, Runtime.getRuntime().maxMemory() / 2 / BYTES_PER_PIXEL);

    private static final Semaphore FREE = new Semaphore((int) MOST, true);

    private PixelMemory() {}

    /** Waits until there is room for an image of at most {@link #MOST} pixels. */
    static void take(long pixels) {
        FREE.acquireUninterruptibly((int) pixels);
    }

    static void release(long pixels) {
        FREE.release((int) pixels);
    }
}
