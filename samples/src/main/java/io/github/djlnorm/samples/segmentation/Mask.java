package io.github.djlnorm.samples.segmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The class of each pixel of an image, from 0 to 255. */
final class Mask {

    private final int width;
    private final byte[] classes;

    /**
     * Creates a mask.
     *
     * @param width the number of columns
     * @param classes the class of each pixel, row by row
     */
    Mask(int width, byte[] classes) {
        this.width = width;
        this.classes = classes.clone();
    }

    /** The largest of a net's scores at each pixel, of shape (classes, H, W). */
    static Mask ofScores(NDArray scores) {
        try (NDArray best = scores.argMax(0)) {
            return of(best);
        }
    }

    /** The mask of numbers as {@link #toArray} gives them, of shape (H, W). */
    static Mask of(NDArray numbers) {
        long[] values = numbers.toLongArray();
        byte[] classes = new byte[values.length];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = (byte) values[i];
        }
        return new Mask((int) numbers.getShape().get(1), classes);
    }

    int width() {
        return width;
    }

    int height() {
        return classes.length / width;
    }

    int at(int x, int y) {
        return classes[y * width + x] & 0xFF;
    }

    /** The mask in another size, each pixel of the class that lies there. */
    Mask scaled(int newWidth, int newHeight) {
        byte[] scaled = new byte[newWidth * newHeight];
        for (int y = 0; y < newHeight; y++) {
            for (int x = 0; x < newWidth; x++) {
                int fromX = (int) ((x + 0.5) * width / newWidth);
                int fromY = (int) ((y + 0.5) * height() / newHeight);
                scaled[y * newWidth + x] = (byte) at(fromX, fromY);
            }
        }
        return new Mask(newWidth, scaled);
    }

    /** The share of each class that is there, in words. */
    String describe(List<String> names) {
        int[] counts = new int[names.size()];
        for (byte pixel : classes) {
            counts[pixel & 0xFF]++;
        }
        return IntStream.range(0, counts.length)
                .filter(i -> counts[i] > 0)
                .mapToObj(
                        i ->
                                String.format(
                                        Locale.ROOT,
                                        "%s %.1f %%",
                                        names.get(i),
                                        100.0 * counts[i] / classes.length))
                .collect(Collectors.joining(", "));
    }

    /** The classes as what a net learns from: numbers of shape (H, W). */
    NDArray toArray(NDManager manager) {
        long[] numbers = new long[classes.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = classes[i] & 0xFF;
        }
        return manager.create(numbers, new Shape(height(), width));
    }

    /** A picture whose stored values are the classes, each shown in its color. */
    BufferedImage picture() {
        BufferedImage image =
                new BufferedImage(
                        width, height(), BufferedImage.TYPE_BYTE_INDEXED, ClassColors.MODEL);
        WritableRaster raster = image.getRaster();
        raster.setDataElements(0, 0, width, height(), classes);
        return image;
    }

    /** The image with its classes in color on it; what is of class 0 stays as it is. */
    BufferedImage over(BufferedImage image) {
        BufferedImage result = new BufferedImage(width, height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height(); y++) {
            for (int x = 0; x < width; x++) {
                int rgb = image.getRGB(x, y);
                result.setRGB(x, y, at(x, y) == 0 ? rgb : ClassColors.mix(rgb, at(x, y)));
            }
        }
        return result;
    }
}
