package io.github.djlnorm.samples.studies.lighting;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A change of an image's lighting: contrast * x + brightness for pixel values x from 0 (black) to 1
 * (white), rounded to 8 bits as in an image file. All changes made here keep to that range, so that
 * nothing is clipped.
 *
 * @param contrast what pixel values are multiplied by
 * @param brightness what is added to them
 */
record Lighting(double contrast, double brightness) {

    private static final int MAX = 255;

    /**
     * A veil, which replaces a share of the image by black or white. It changes brightness and
     * contrast together.
     *
     * @param share the share, from -1 (all black) over 0 (as is) to 1 (all white)
     */
    static Lighting veil(double share) {
        return new Lighting(1 - Math.abs(share), Math.max(0, share));
    }

    /** Equally spaced levels of brightness at the same contrast, from the darkest possible on. */
    static List<Lighting> levels(int count, double contrast) {
        double step = (1 - contrast) / (count - 1);
        return IntStream.range(0, count).mapToObj(i -> new Lighting(contrast, i * step)).toList();
    }

    NDArray apply(NDArray pixels) {
        return pixels.mul(contrast).add(brightness).mul(MAX).round().div(MAX);
    }
}
