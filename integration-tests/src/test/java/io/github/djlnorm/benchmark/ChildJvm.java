package io.github.djlnorm.benchmark;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** How a process is started that measures: with this one's classes, and none of its settings. */
final class ChildJvm {

    private ChildJvm() {}

    /** The arguments of every such process. */
    static List<String> arguments(int threads) {
        // DJL reports its use over the network unless told not to.
        return List.of(Threads.argument(threads), "-DOPT_OUT_TRACKING=true");
    }

    /** The classes of this process, also where Maven loaded them, which the JVM does not know. */
    static String classPath() {
        if (!(ChildJvm.class.getClassLoader() instanceof URLClassLoader loader)) {
            return System.getProperty("java.class.path");
        }
        return Arrays.stream(loader.getURLs())
                .map(ChildJvm::path)
                .collect(Collectors.joining(System.getProperty("path.separator")));
    }

    private static String path(URL url) {
        try {
            return Path.of(url.toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static List<String> java(
            List<String> options, Class<?> program, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", classPath()));
        command.addAll(options);
        command.add(program.getName());
        command.addAll(arguments);
        return command;
    }

    /** Runs a program that keeps memory, and returns its exit status. */
    static int runKeepingMemory(List<String> options, Class<?> program, List<String> arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(java(options, program, arguments)).inheritIO();
        Allocator.keepMemory(builder);
        return builder.start().waitFor();
    }

    /** Runs a program and returns what it prints. */
    static String run(int threads, Class<?> program, Trial trial) throws IOException {
        List<String> command = java(arguments(threads), program, trial.toArguments());
        Path errors = Files.createTempFile("djl-norm-benchmark", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        Allocator.releaseMemory(builder);
        Process process = builder.start();
        try {
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(
                        trial.contestant().label()
                                + " failed: "
                                + Files.readString(errors).strip());
            }
            return output;
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Files.deleteIfExists(errors);
        }
    }
}
