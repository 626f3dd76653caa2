package io.github.djlnorm.samples.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** What the commands write. */
public final class ResultFiles {

    private ResultFiles() {}

    /**
     * Creates a folder for results.
     *
     * @throws BadInputException if that is not possible
     */
    public static void create(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot create folder " + folder + ": give another one with --output", e);
        }
    }

    /**
     * Writes a text file, which is there as a whole or not at all.
     *
     * @throws BadInputException if that is not possible
     */
    public static void write(Path file, List<String> lines) {
        replace(file, partial -> Files.write(partial, lines));
    }

    /**
     * Writes a file that is there as a whole or not at all.
     *
     * @throws BadInputException if that is not possible
     */
    public static void replace(Path file, Content content) {
        String name = ".%s.%d".formatted(file.getFileName(), ProcessHandle.current().pid());
        Path partial = file.resolveSibling(name);
        try {
            try {
                content.writeTo(partial);
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** What there is to say where a file or folder cannot be written to. */
    public static BadInputException unwritable(Path path, IOException cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String reason =
                root instanceof FileSystemException e && e.getReason() != null
                        ? e.getReason()
                        : root.getMessage();
        return new BadInputException(
                "cannot write to %s (%s): make room there or give another --output"
                        .formatted(path, reason),
                cause);
    }

    /** What a file is to hold. */
    public interface Content {
        void writeTo(Path file) throws IOException;
    }
}
