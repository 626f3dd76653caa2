package io.github.djlnorm.parity.python;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What starts a Python with PyTorch and NumPy, of this machine or in a container.
 *
 * @param options the options of the parity program that choose it
 * @param command what starts it
 */
record PythonCommand(List<String> options, List<String> command) {

    private static final int PATIENCE_SECONDS = 20;

    static PythonCommand local(String python) {
        return new PythonCommand(List.of("--python", python), List.of(python));
    }

    /** A container of its own for each script; the engine pulls the image if it lacks it. */
    static PythonCommand inContainer(String image) {
        return new PythonCommand(
                List.of("--image", image),
                List.of("docker", "run", "--rm", "-i", "--network", "none", image, "python3"));
    }

    /** Whether a container engine answers. */
    static boolean engineRuns() {
        return docker("info");
    }

    /** Whether the engine has an image already. */
    static boolean engineHas(String image) {
        return docker("image", "inspect", image);
    }

    private static boolean docker(String... arguments) {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroy();
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public String toString() {
        return String.join(" ", command);
    }
}
