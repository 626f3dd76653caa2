package io.github.djlnorm.parity.python;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** A Python in a container that lives until it is closed. */
public final class ContainerPython implements PythonProcess {

    private static final String FOLDER = "/tmp/";
    private static final int PATIENCE_SECONDS = 20;

    private final GenericContainer<?> container;

    /** Starts a container; the engine pulls the image if it does not have it. */
    ContainerPython(String image) {
        container =
                new GenericContainer<>(DockerImageName.parse(image))
                        .withCommand("sleep", "infinity");
        container.start();
    }

    /** Whether a container engine answers. */
    static boolean engineRuns() {
        return docker("info");
    }

    /** Whether the engine has an image already. */
    static boolean has(String image) {
        return docker("image", "inspect", image);
    }

    // Asking Testcontainers would make it pull images of its own, and wait minutes for them where
    // there is no network, only to learn that nothing is to be done.
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
    public void run(Path script, Path request, Path reply)
            throws IOException, InterruptedException {
        ExecResult result =
                container.execInContainer(
                        "python3", put(script), put(request), FOLDER + reply.getFileName());
        if (result.getExitCode() != 0) {
            throw new IOException(
                    "python3 in "
                            + container.getDockerImageName()
                            + " failed: "
                            + result.getStderr().strip());
        }
        container.copyFileFromContainer(FOLDER + reply.getFileName(), reply.toString());
    }

    private String put(Path file) {
        String place = FOLDER + file.getFileName();
        container.copyFileToContainer(MountableFile.forHostPath(file, 0644), place);
        return place;
    }

    @Override
    public List<String> options() {
        return List.of("--image", container.getDockerImageName());
    }

    @Override
    public void close() {
        container.stop();
    }
}
