package io.github.djlnorm.benchmark;

import java.util.Map;

/**
 * What the C library does with the memory of a large tensor that is let go.
 *
 * <p>By default it may give it back to the system, and the next call then pays for it with a page
 * fault for every 4 KiB, which takes longer than the work on it. Whether it does depends on what
 * else lies in the heap just then. All contestants keep their memory, so that none has that luck.
 */
final class Allocator {

    /** The settings of glibc's allocator; others do not know them. */
    private static final Map<String, String> KEEPING =
            Map.of(
                    "MALLOC_ARENA_MAX", "1", // other heaps are given back whole when empty
                    "MALLOC_TRIM_THRESHOLD_", "1073741824",
                    "MALLOC_MMAP_THRESHOLD_", "33554432");

    private Allocator() {}

    static boolean keepsMemory() {
        return System.getenv().keySet().containsAll(KEEPING.keySet());
    }

    static void keepMemory(ProcessBuilder process) {
        process.environment().putAll(KEEPING);
    }

    /** For what is to be measured as it is by default. */
    static void releaseMemory(ProcessBuilder process) {
        process.environment().keySet().removeAll(KEEPING.keySet());
    }
}
