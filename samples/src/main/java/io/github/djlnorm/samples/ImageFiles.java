package io.github.djlnorm.samples;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads image files. */
final class ImageFiles {

    private ImageFiles() {}

    /**
     * Reads an image.
     *
     * @throws BadInputException if there is no such file or it holds no readable image
     */
    static Image read(Path file) {
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
}
