package io.github.djlnorm.samples.segmentation;

import java.awt.image.BufferedImage;
import java.util.stream.IntStream;

/**
 * An image and what is in it.
 *
 * @param image the image
 * @param mask the class of each of its pixels
 */
record Scene(BufferedImage image, Mask mask) {

    /** Scenes that are read or drawn when they are asked for. */
    interface Source {

        int size();

        Scene scene(int index);

        /** The first of them, or all if there are no more. */
        default Source first(int count) {
            return new DrawnScenes(
                    IntStream.range(0, Math.min(count, size())).mapToObj(this::scene).toList());
        }
    }
}
