package io.github.djlnorm.samples;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A change of an image's lighting: contrast * x + brightness for pixel values x from 0 (black) to 1
 * (white), rounded to 8 bits and clipped, as in an image file.
 *
 * @param name what a reader calls it
 * @param contrast what pixel values are multiplied by
 * @param brightness what is added to them
 */
record Lighting(String name, double contrast, double brightness) {

    private static final int MAX = 255;

    static final Lighting NONE = new Lighting("as is", 1, 0);

    /**
     * A veil over the image: a share of it is replaced by black or white. It changes brightness and
     * contrast together, and nothing is clipped, however strong it is.
     *
     * @param share the share, from -1 (all black) over 0 (as is) to 1 (all white)
     */
    static Lighting veil(double share) {
        if (share == 0) {
            return NONE;
        }
        String name = Math.round(100 * Math.abs(share)) + "% " + (share < 0 ? "black" : "white");
        return new Lighting(name, 1 - Math.abs(share), Math.max(0, share));
    }

    /** A change of contrast about medium gray; above 1 it clips. */
    static Lighting contrast(double contrast) {
        return new Lighting("contrast " + contrast, contrast, (1 - contrast) / 2);
    }

    /**
     * Equally spaced levels of brightness at one contrast, from one that keeps black to one that
     * keeps white; nothing is clipped.
     */
    static List<Lighting> levels(int count, double contrast) {
        return IntStream.range(0, count)
                .mapToObj(
                        i ->
                                new Lighting(
                                        "level " + (i + 1),
                                        contrast,
                                        (1 - contrast) * i / (count - 1)))
                .toList();
    }

    NDArray apply(NDArray pixels) {
        return unclipped(pixels).clip(0, MAX).div(MAX);
    }

    /** The share of values that clipping changes. */
    double clippedShare(NDArray pixels) {
        NDArray values = unclipped(pixels);
        return values.lt(0).logicalOr(values.gt(MAX)).sum().getLong() / (double) values.size();
    }

    private NDArray unclipped(NDArray pixels) {
        return pixels.mul(contrast).add(brightness).mul(MAX).round();
    }
}
