package io.github.djlnorm.memory;

import io.github.djlnorm.internal.kernel.CpuLibrary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the process keep the memory of closed arrays for the next ones.
 *
 * <p>glibc, the C library of most Linux systems, gives large blocks back to the system when they
 * are freed, and the system fills them with zeros, page by page, when they are asked for again. A
 * network makes and closes such arrays in every step, and this can take a tenth of its time or
 * more; whether it does depends on where blocks happen to lie. {@link #enable} ends that.
 *
 * <p>What it costs: memory that the process has needed once may stay with it until it ends, so that
 * it appears as large as it was at its largest. The heap of Java is not concerned. Use it in a
 * program that trains or predicts and does little else, and not in one that shares its machine and
 * needs much memory only now and then.
 */
public final class MemoryRetention {

    private static final Logger logger = LoggerFactory.getLogger(MemoryRetention.class);

    private MemoryRetention() {}

    /**
     * Sets glibc's thresholds for giving memory back ({@code M_MMAP_THRESHOLD} and {@code
     * M_TRIM_THRESHOLD} of {@code mallopt}) to 1 GiB for the whole process. It cannot be undone,
     * and loads the PyTorch engine if nothing has loaded it yet. Call it at the program's start:
     * arrays that are open already keep to the old way.
     *
     * @return true if it took effect; false on musl, macOS and Windows, and where this library's
     *     native code is missing or does not load, of which a line at debug level tells the reason
     */
    public static boolean enable() {
        if (!CpuLibrary.isLoaded()) {
            return isNotEnabled(CpuLibrary.reason());
        }
        return CpuLibrary.keepFreedMemory() || isNotEnabled("the C library is not glibc");
    }

    private static boolean isNotEnabled(String reason) {
        logger.debug("freed memory is given back to the system: {}", reason);
        return false;
    }
}
