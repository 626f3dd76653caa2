package io.github.djlnorm.samples.style;

import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.images.ImageDecoder;
import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Style images: those that the program draws, and files. */
final class StyleImages {

    private static final int MAX_RATIO = 8;

    private StyleImages() {}

    /**
     * Draws or reads a style image.
     *
     * @param style the name of a drawn one; or a file, which is scaled to the drawn ones' size
     * @throws BadInputException if it is neither, or a file of a narrow strip
     */
    static BufferedImage of(String style) {
        if (StylePainting.names().contains(style)) {
            return StylePainting.valueOf(style.toUpperCase(Locale.ROOT)).image();
        }
        Path file = Path.of(style);
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(
                    "no style '%s': use %s or an image file"
                            .formatted(style, String.join(", ", StylePainting.names())));
        }
        BufferedImage image = ImageDecoder.decode(file);
        int shorter = Math.min(image.getWidth(), image.getHeight());
        if (Math.max(image.getWidth(), image.getHeight()) > (long) MAX_RATIO * shorter) {
            throw new BadInputException(
                    "style image %s has %dx%d pixels: give one at most %d times as long as wide"
                            .formatted(file, image.getWidth(), image.getHeight(), MAX_RATIO));
        }
        return scale(image);
    }

    /** Scales the shorter side to the drawn images' size. */
    private static BufferedImage scale(BufferedImage image) {
        double scale =
                (double) StylePainting.PIXELS / Math.min(image.getWidth(), image.getHeight());
        int width = (int) Math.round(scale * image.getWidth());
        int height = (int) Math.round(scale * image.getHeight());
        BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = scaled.createGraphics();
        graphics.drawImage(image.getScaledInstance(width, height, Image.SCALE_SMOOTH), 0, 0, null);
        graphics.dispose();
        return scaled;
    }
}
