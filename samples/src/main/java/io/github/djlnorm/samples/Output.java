package io.github.djlnorm.samples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

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

    /** Writes a text file, which is there as a whole or not at all. */
    static void write(Path file, List<String> lines) throws IOException {
        replace(file, partial -> Files.write(partial, lines));
    }

    /** Writes a file that is there as a whole or not at all. */
    static void replace(Path file, Content content) throws IOException {
        String name = ".%s.%d".formatted(file.getFileName(), ProcessHandle.current().pid());
        Path partial = file.resolveSibling(name);
        content.writeTo(partial);
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What a file is to hold. */
    interface Content {
        void writeTo(Path file) throws IOException;
    }

    /**
     * What follows a line about one of several equal tasks.
     *
     * @param start when the first task began, by {@link System#nanoTime}
     */
    static String timeLeft(long start, int done, int left) {
        double minutes = (System.nanoTime() - start) / 6e10 / done * left;
        return String.format(
                Locale.ROOT, " (%d of %d, about %.1f minutes left)", done, done + left, minutes);
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
