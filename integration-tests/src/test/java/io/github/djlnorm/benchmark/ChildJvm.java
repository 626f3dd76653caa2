package io.github.djlnorm.benchmark;

import com.google.gson.Gson;
import io.github.djlnorm.GroupNorm;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a process is started that measures: with this one's classes and none of its settings, and
 * what the C library does by default with freed memory.
 *
 * @param threads libtorch's threads
 * @param baseline another checkout's classes of the library, separated as in a class path
 * @param onnx the folder of exported nets
 * @param log where its error output goes
 */
record ChildJvm(int threads, Optional<String> baseline, Path onnx, Path log) {

    /** The settings of glibc's allocator with which it keeps what is freed; others ignore them. */
    static final Map<String, String> KEEPING_MEMORY =
            Map.of("MALLOC_TRIM_THRESHOLD_", "1073741824", "MALLOC_MMAP_THRESHOLD_", "1073741824");

    /** Runs a program that prints a measurement. */
    Measurement measure(Class<?> program, Trial trial) throws IOException {
        return new Gson().fromJson(run(program, trial), Measurement.class);
    }

    /** Runs a program and returns what it prints. */
    String run(Class<?> program, Trial trial) throws IOException {
        Process process = builder(program, trial).start();
        try {
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(trial + " failed; the end of " + log + " tells why");
            }
            return output;
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    ProcessBuilder builder(Class<?> program, Trial trial) {
        Family family = trial.contestant().family();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", classPath(family)));
        command.add(Threads.argument(threads));
        command.add(OnnxFiles.argument(onnx));
        command.add("-DOPT_OUT_TRACKING=true"); // DJL reports its use over the network
        if (!trial.work().isFirst()) {
            // What is to be compiled is waited for, since libtorch's threads wait busily for each
            // other and leave the compiler no core; but a first call would wait for all it calls.
            command.add("-Xbatch");
        }
        command.addAll(List.of(program.getName(), trial.toString()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("MALLOC_"));
        if (family == Family.KEEPING_MEMORY) {
            builder.environment().putAll(KEEPING_MEMORY);
        }
        return builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    }

    private String classPath(Family family) {
        String ours =
                OwnClassPath.path(
                        GroupNorm.class.getProtectionDomain().getCodeSource().getLocation());
        return OwnClassPath.entries().stream()
                .map(
                        entry ->
                                family == Family.BASELINE && entry.equals(ours)
                                        ? baseline.orElseThrow()
                                        : entry)
                .collect(Collectors.joining(File.pathSeparator));
    }
}
