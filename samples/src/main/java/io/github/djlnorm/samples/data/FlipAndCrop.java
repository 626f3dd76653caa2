package io.github.djlnorm.samples.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;

/**
 * Augmentation: mirrors every other image from left to right and moves all of them by some pixels,
 * as He et al. (2016) do for CIFAR-10. DJL has such transforms, but not for its PyTorch engine.
 *
 * @param padding the largest number of pixels to move by; what moves in is zero
 */
record FlipAndCrop(int padding) {

    /** Augments an image of shape (C, H, W). */
    NDArray transform(NDArray image, SplittableRandom random) {
        NDArray seen = random.nextBoolean() ? image : image.flip(2);
        return moved(seen, random.nextInt(2 * padding + 1), random.nextInt(2 * padding + 1));
    }

    /** What is seen of an image through a window with the given offsets into its padded self. */
    NDArray moved(NDArray image, int down, int right) {
        Shape shape = image.getShape();
        long height = shape.get(1);
        long width = shape.get(2);
        NDManager manager = image.getManager();
        NDArray padded =
                manager.zeros(new Shape(shape.get(0), height + 2L * padding, width + 2L * padding));
        padded.set(
                new NDIndex(":, {}:{}, {}:{}", padding, padding + height, padding, padding + width),
                image);
        return padded.get(":, {}:{}, {}:{}", down, down + height, right, right + width);
    }
}
