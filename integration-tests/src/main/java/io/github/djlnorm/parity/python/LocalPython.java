package io.github.djlnorm.parity.python;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A Python of this machine. */
public final class LocalPython implements PythonProcess {

    private final String command;

    LocalPython(String command) {
        this.command = command;
    }

    @Override
    public void run(Path script, Path request, Path reply)
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command, script.toString(), request.toString(), reply.toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + " failed: " + output.strip());
        }
    }

    @Override
    public List<String> options() {
        return List.of("--python", command);
    }

    @Override
    public void close() {}
}
