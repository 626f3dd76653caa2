package io.github.djlnorm.benchmark;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A program that measures how much more resident memory a trial needs at its peak, in KiB. */
final class PeakMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");
    private static final String CLEAR_PEAK = "5";
    private static final int TINY_HEIGHT = 4;
    private static final int CALLS_BEFORE = 2;

    private PeakMemory() {}

    /** Why it does not work here, if so. */
    static Optional<String> missing() {
        return Files.isReadable(STATUS) && Files.isWritable(CLEAR)
                ? Optional.empty()
                : Optional.of("peak memory is read from " + STATUS + ", a Linux file");
    }

    /** Runs the program, on what {@link Trial#toString} wrote. */
    public static void main(String[] args) throws IOException {
        Trial trial = Trial.parse(args[0]);
        // What is loaded and allocated once must not count; the tensors are too small to matter.
        try (Call small = trial.with(trial.input().tiny(TINY_HEIGHT)).open()) {
            for (int i = 0; i < CALLS_BEFORE; i++) {
                small.run();
            }
        }
        try (Call call = trial.open()) {
            System.gc(); // or objects that wait for it might free memory on the way
            Files.writeString(CLEAR, CLEAR_PEAK);
            long before = kib("VmRSS:");
            call.run();
            long kib = kib("VmHWM:") - before;
            System.out.println(
                    new Gson().toJson(new Measurement(kib, CALLS_BEFORE, trial.kernel(call))));
        }
    }

    private static long kib(String name) throws IOException {
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException(STATUS + " has no line " + name);
    }
}
