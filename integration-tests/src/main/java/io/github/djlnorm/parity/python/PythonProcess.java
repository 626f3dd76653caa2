package io.github.djlnorm.parity.python;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A Python with PyTorch and NumPy, somewhere. */
public interface PythonProcess extends AutoCloseable {

    /**
     * Runs a script with two file names as its arguments.
     *
     * @param script the script
     * @param request the file that it reads
     * @param reply the file that it writes
     * @throws IOException if it could not be run, or failed; the message has its error output
     */
    void run(Path script, Path request, Path reply) throws IOException, InterruptedException;

    /** The options of the parity program that choose it. */
    List<String> options();

    @Override
    void close();
}
