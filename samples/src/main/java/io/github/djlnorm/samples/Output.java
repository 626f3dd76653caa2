package io.github.djlnorm.samples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the training commands write. */
final class Output {

    private Output() {}

    /**
     * Creates a folder for results.
     *
     * @throws BadInputException if that is not possible
     */
    static void create(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot create folder " + folder + ": give another one with --output", e);
        }
    }

    /** The line above a training's reports. */
    static String heading(ModelCard card, ImageData data, int batchSize) {
        return String.format(
                "%s with %s at batch size %d on %s: %d images, %d to test with, %d classes",
                card.net(),
                card.norm(),
                batchSize,
                data.name(),
                data.train().size(),
                data.test().size(),
                data.classes().size());
    }
}
