package io.github.djlnorm.samples.images;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;

/**
 * The stored levels of an image, scaled to 8 bits. Java's own conversion takes gray levels of 16
 * bits, or with transparency, for amounts of light, which makes 155 of 90.
 */
final class Levels {

    private static final int MAX = 255;

    private Levels() {}

    /** An image of red, green and blue, on white where it is transparent. */
    static BufferedImage of(BufferedImage image) {
        if (image.getType() == BufferedImage.TYPE_3BYTE_BGR
                || image.getType() == BufferedImage.TYPE_INT_RGB) {
            return image;
        }
        BufferedImage result =
                new BufferedImage(
                        image.getWidth(), image.getHeight(), BufferedImage.TYPE_3BYTE_BGR);
        ColorModel model = image.getColorModel();
        int[] pixels = new int[image.getWidth()];
        for (int y = 0; y < image.getHeight(); y++) {
            if (model instanceof ComponentColorModel
                    && !model.isAlphaPremultiplied()
                    && isKnown(model)) {
                fillStored(pixels, image.getRaster(), y, model);
            } else {
                image.getRGB(0, y, pixels.length, 1, pixels, 0, pixels.length);
            }
            for (int x = 0; x < pixels.length; x++) {
                pixels[x] = onWhite(pixels[x]);
            }
            result.setRGB(0, y, pixels.length, 1, pixels, 0, pixels.length);
        }
        return result;
    }

    private static boolean isKnown(ColorModel model) {
        int type = model.getColorSpace().getType();
        return type == ColorSpace.TYPE_GRAY || type == ColorSpace.TYPE_RGB;
    }

    private static void fillStored(int[] pixels, Raster raster, int y, ColorModel model) {
        int colors = model.getNumColorComponents();
        int bands = raster.getNumBands();
        int[] row =
                raster.getPixels(
                        raster.getMinX(), raster.getMinY() + y, pixels.length, 1, (int[]) null);
        for (int x = 0; x < pixels.length; x++) {
            int pixel = model.hasAlpha() ? level(row, x * bands + colors, colors, model) : MAX;
            for (int color = 0; color < 3; color++) {
                int band = Math.min(color, colors - 1);
                pixel = (pixel << 8) | level(row, x * bands + band, band, model);
            }
            pixels[x] = pixel;
        }
    }

    private static int level(int[] row, int index, int band, ColorModel model) {
        long most = (1L << model.getComponentSize(band)) - 1;
        return (int) ((row[index] * (long) MAX + most / 2) / most);
    }

    private static int onWhite(int argb) {
        int alpha = argb >>> 24;
        int rgb = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int level = (argb >> shift) & MAX;
            rgb |= ((level * alpha + MAX * (MAX - alpha) + MAX / 2) / MAX) << shift;
        }
        return rgb;
    }
}
