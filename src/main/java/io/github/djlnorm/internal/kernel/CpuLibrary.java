package io.github.djlnorm.internal.kernel;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native library that src/main/c is compiled to: normalization of float32 tensors on the CPU,
 * for inference.
 *
 * <p>It is loaded on first use, after the PyTorch engine, from the folder of this platform in the
 * jar. Where it is not there or does not load, nothing throws: {@link #isLoaded()} is false, and
 * {@link #reason()} says why.
 *
 * <p>What is checked where: the native methods take tensor handles ({@code PtNDArray.getHandle()})
 * of open arrays, or 0, and check all else that they rely on: type, device, rank, strides, what the
 * number of groups divides and how many values gamma, beta, mean and variance have. They answer 0
 * to what they do not take, and never throw. Whether autograd records, whether an array is sparse
 * (libtorch writes a line to the error stream when its strides are asked for) and what a user may
 * pass at all are the caller's to check.
 */
public final class CpuLibrary {

    private static final Logger logger = LoggerFactory.getLogger(CpuLibrary.class);
    private static final String REASON = load();

    static {
        logger.debug(REASON.isEmpty() ? "native kernel loaded" : "no native kernel: {}", REASON);
    }

    private CpuLibrary() {}

    /**
     * Tells whether the native methods can be called.
     *
     * @return true if they can
     */
    public static boolean isLoaded() {
        return REASON.isEmpty();
    }

    /**
     * Tells why they cannot.
     *
     * @return the reason, or an empty string
     */
    public static String reason() {
        return REASON;
    }

    /**
     * Normalizes each group of channels of each instance by its own mean and variance.
     *
     * @param x a tensor of shape (batch, channels, ...), contiguous or channels-last
     * @param gamma the scale of each channel, or 0
     * @param beta the shift of each channel, or 0
     * @param numGroups the number of groups
     * @param epsilon what is added to the variance
     * @param activation 0: none, 1: ReLU, 2: leaky ReLU with slope 0.01, 3: tanh
     * @param threads the number of threads that libtorch would use
     * @return a new tensor with the shape and strides of x, or 0 if the kernel does not take these
     */
    static native long normalizeGroups(
            long x,
            long gamma,
            long beta,
            long numGroups,
            double epsilon,
            int activation,
            int threads);

    /**
     * Normalizes each channel by a given mean and variance.
     *
     * @param x a tensor of shape (batch, channels, ...), contiguous or channels-last
     * @param mean the mean of each channel
     * @param variance the variance of each channel
     * @param gamma the scale of each channel, or 0
     * @param beta the shift of each channel, or 0
     * @param epsilon what is added to the variance
     * @param activation 0: none, 1: ReLU, 2: leaky ReLU with slope 0.01, 3: tanh
     * @param threads the number of threads that libtorch would use
     * @return a new tensor with the shape and strides of x, or 0 if the kernel does not take these
     */
    static native long normalizeByConstants(
            long x,
            long mean,
            long variance,
            long gamma,
            long beta,
            double epsilon,
            int activation,
            int threads);

    /**
     * Tells whether autograd records what this thread does with tensors.
     *
     * @param x a tensor
     * @param gamma a tensor, or 0
     * @param beta a tensor, or 0
     * @return true if the thread collects gradients and one of the tensors takes part
     */
    static native boolean isRecorded(long x, long gamma, long beta);

    /**
     * Lets the process keep the memory that it frees, as far as blocks of up to 1 GiB go.
     *
     * @return false if the C library is not glibc, or does not take the thresholds
     */
    public static native boolean keepFreedMemory();

    /** Returns which function of libtorch the loaded library did not find, or null. */
    private static native String missing();

    private static String load() {
        String resource = resource(platform());
        InputStream packed = CpuLibrary.class.getResourceAsStream(resource);
        return load(packed, resource, System.getProperty("java.io.tmpdir"));
    }

    /** Returns this platform's name, as DJL's own jars have it. */
    static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (system.startsWith("mac")) {
            system = "osx";
        } else if (system.startsWith("win")) {
            system = "win";
        }
        String machine = System.getProperty("os.arch");
        // join, here and below: a process's first + of strings, or lambda, takes ten milliseconds.
        return String.join("-", system, machine.equals("amd64") ? "x86_64" : machine);
    }

    /** Returns where in the jar the library of a platform is. */
    static String resource(String platform) {
        String name = "libdjlnorm.so.gz";
        if (platform.startsWith("osx")) {
            name = "libdjlnorm.dylib.gz";
        } else if (platform.startsWith("win")) {
            name = "djlnorm.dll.gz";
        }
        return String.join("/", "", "native", platform, name);
    }

    /**
     * Loads a library through a temporary file.
     *
     * @param resource the library, with gzip; null if there is none
     * @param name the resource's name
     * @param folder where the temporary file goes
     * @return an empty string, or why the library is not loaded
     */
    static String load(InputStream resource, String name, String folder) {
        try (InputStream packed = resource) {
            if (packed == null) {
                return "the jar has no " + name;
            }
            // The whole file is read before any of it is used: gzip's checksum comes last.
            byte[] library = new GZIPInputStream(packed).readAllBytes();
            Engine.getEngine("PyTorch");
            // A new file or none. Files.createTempFile would take milliseconds for a SecureRandom.
            String process = Long.toString(ProcessHandle.current().pid());
            String time = Long.toString(System.nanoTime());
            Path file = Path.of(folder, String.join("-", "djlnorm", process, time));
            try {
                Files.write(file, library, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                System.load(file.toAbsolutePath().toString());
            } finally {
                delete(file);
            }
            String missing = missing();
            return missing == null ? "" : missing;
        } catch (IOException | RuntimeException | LinkageError e) {
            return e.toString();
        }
    }

    /** A loaded library stays loaded without its file, but Windows keeps it until the end. */
    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }
}
