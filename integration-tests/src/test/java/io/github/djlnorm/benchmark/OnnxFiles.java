package io.github.djlnorm.benchmark;

import java.nio.file.Path;

/** Where exported nets are. */
final class OnnxFiles {

    private static final String FOLDER = "benchmark.onnx";

    private OnnxFiles() {}

    /** Tells a process where they are. */
    static String argument(Path folder) {
        return "-D" + FOLDER + "=" + folder.toAbsolutePath();
    }

    static Path file(Path folder, Trial trial) {
        return folder.resolve(
                trial.contestant().net().inPython() + "-" + trial.input().dimensions() + ".onnx");
    }

    /** Opens a net in a process that was told where it is. */
    static Call open(Trial trial) {
        Path file = file(Path.of(System.getProperty(FOLDER)), trial);
        return OnnxRuntime.find().orElseThrow().open(file, trial.input(), Threads.ofThisProcess());
    }
}
