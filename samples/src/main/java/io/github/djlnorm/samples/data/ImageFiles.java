package io.github.djlnorm.samples.data;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.cli.ResultFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Reads and writes image files. */
public final class ImageFiles {

    private ImageFiles() {}

    /**
     * Reads an image.
     *
     * @throws BadInputException if there is no such file or it holds no readable image
     */
    public static Image read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException("no such image file: " + file);
        }
        try {
            return ImageFactory.getInstance().fromFile(file);
        } catch (IOException | RuntimeException e) {
            // Java's decoders also meet damaged files with unchecked exceptions.
            throw new BadInputException(
                    "cannot read image " + file + ": remove it or save it again as JPEG or PNG", e);
        }
    }

    /** Writes a PNG file so that it is there as a whole or not at all. */
    public static void write(Path file, BufferedImage image) throws IOException {
        ResultFiles.replace(file, partial -> ImageIO.write(image, "png", partial.toFile()));
    }
}
