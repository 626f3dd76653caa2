package io.github.djlnorm.samples.segmentation;

import io.github.djlnorm.samples.images.BadImage;
import io.github.djlnorm.samples.images.ImageDecoder;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A mask in a file: what is stored in a gray picture or one with a palette, else the color.
 *
 * @param file where it is
 * @param image what is there
 */
record MaskFile(Path file, BufferedImage image) {

    private static final int MOST_CLASSES = 256;
    private static final int COLORED = 1 << 24;

    /**
     * Reads a mask.
     *
     * @throws BadImage if there is none that can be read
     */
    static MaskFile read(Path file) {
        return new MaskFile(file, ImageDecoder.decodeStored(file));
    }

    /**
     * What stands for classes in the mask.
     *
     * @throws BadImage if that is too much
     */
    Set<Integer> values() {
        Set<Integer> values = new TreeSet<>();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int value : row(y)) {
                values.add(value);
            }
            if (values.size() > MOST_CLASSES) {
                throw new BadImage(
                        "mask %s has more than %d colors".formatted(file, MOST_CLASSES),
                        "give a PNG with one color for each class, without smoothed edges");
            }
        }
        return values;
    }

    /** The name of what a value stands for: a number, or a color as #rrggbb. */
    static String name(int value) {
        return value < COLORED
                ? Integer.toString(value)
                : String.format(Locale.ROOT, "#%06x", value - COLORED);
    }

    /** The mask, with the number that each value has among all. */
    Mask mask(Map<Integer, Integer> numbers) {
        byte[] classes = new byte[image.getWidth() * image.getHeight()];
        int next = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int value : row(y)) {
                classes[next++] = numbers.get(value).byteValue();
            }
        }
        return new Mask(image.getWidth(), classes);
    }

    private int[] row(int y) {
        int width = image.getWidth();
        Raster raster = image.getRaster();
        if (raster.getNumBands() <= 2) { // the second one is transparency
            return raster.getSamples(
                    raster.getMinX(), raster.getMinY() + y, width, 1, 0, (int[]) null);
        }
        int[] colors = image.getRGB(0, y, width, 1, null, 0, width);
        for (int x = 0; x < width; x++) {
            colors[x] = COLORED + (colors[x] & 0xFFFFFF);
        }
        return colors;
    }
}
