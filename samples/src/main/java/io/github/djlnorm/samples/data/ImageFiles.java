package io.github.djlnorm.samples.data;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.cli.ResultFiles;
import io.github.djlnorm.samples.images.BadImage;
import io.github.djlnorm.samples.images.ImageDecoder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** Reads and writes image files. */
public final class ImageFiles {

    private ImageFiles() {}

    /**
     * Reads an image, as {@link ImageDecoder} tells.
     *
     * @throws BadImage if there is no such file or its image cannot be used
     */
    public static Image read(Path file) {
        return ImageFactory.getInstance().fromImage(ImageDecoder.decode(file));
    }

    /**
     * Lists what is in a folder, in an order that depends on nothing but the names.
     *
     * @throws BadInputException if that is not possible
     */
    public static List<Path> list(Path folder) {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.sorted().toList();
        } catch (IOException e) {
            throw new BadInputException("cannot list " + folder + ": check its permissions", e);
        }
    }

    /** Writes a PNG file so that it is there as a whole or not at all. */
    public static void write(Path file, BufferedImage image) {
        ResultFiles.replace(
                file,
                partial -> {
                    try (OutputStream stream = Files.newOutputStream(partial)) {
                        ImageIO.write(image, "png", stream);
                    }
                });
    }
}
