package io.github.djlnorm.samples.cli;

import java.io.IOException;
import java.nio.file.Path;

/** A folder for results that a single run writes to at a time. */
public final class OutputFolder implements AutoCloseable {

    private final Path path;
    private final RunLock lock;

    private OutputFolder(Path path, RunLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Creates a folder where there is none, and keeps other runs from it.
     *
     * @throws BadInputException if it cannot be written to, or another run writes to it
     */
    public static OutputFolder open(Path path) {
        ResultFiles.create(path);
        try {
            return RunLock.take(path.resolve(".lock"))
                    .map(lock -> new OutputFolder(path, lock))
                    .orElseThrow(
                            () ->
                                    new BadInputException(
                                            "another run writes to "
                                                    + path
                                                    + ": wait for its end or give another"
                                                    + " --output"));
        } catch (IOException e) {
            throw ResultFiles.unwritable(path, e);
        }
    }

    public Path path() {
        return path;
    }

    public Path file(String name) {
        return path.resolve(name);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
