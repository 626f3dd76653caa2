package io.github.djlnorm.parity.program;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.github.djlnorm.weights.StateDict;
import io.github.djlnorm.weights.storage.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads all tensors of a checkpoint and shows the time and the process's largest resident memory.
 * Ends with status 1 if that grew by more than the tensors and a tenth.
 */
public final class WeightsMemoryMain {

    private static final int LAYERS = 41;
    private static final int WIDTH = 2560;
    private static final Path STATUS = Path.of("/proc/self/status");

    private WeightsMemoryMain() {}

    /**
     * Runs the program.
     *
     * @param args a checkpoint and, if it has one, the key of its state dict; none to write and
     *     read a file of 1 GiB
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        if (!Files.isReadable(STATUS)) {
            System.out.println(
                    "skipped: resident memory is read from " + STATUS + ", a Linux file");
            return;
        }
        boolean fits;
        if (args.length > 0) {
            fits = fits(Path.of(args[0]), args.length > 1 ? args[1] : null);
        } else {
            Path file = Files.createTempFile("djl-norm", ".safetensors");
            try {
                write(file);
                fits = fits(file, null);
            } finally {
                Files.delete(file);
            }
        }
        if (!fits) {
            System.exit(1);
        }
    }

    /** Writes one layer many times, so that little memory is used before the measurement. */
    private static void write(Path file) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block layer = Linear.builder().setUnits(WIDTH).build();
            layer.initialize(manager, DataType.FLOAT32, new Shape(1, WIDTH));
            SequentialBlock network = new SequentialBlock();
            for (int i = 0; i < LAYERS; i++) {
                network.add(layer);
            }
            StateDict.of(network).write(file);
        }
    }

    private static boolean fits(Path file, String key) throws IOException {
        try (StateDict weights = key == null ? StateDict.read(file) : StateDict.read(file, key);
                NDManager manager = NDManager.newBaseManager()) {
            manager.zeros(new Shape(1)).close(); // libtorch's own memory is not what is asked for
            System.out.printf("reading the bytes of %s: %.2f s%n", file, secondsOfBytes(file));
            long tensors = weights.tensors().values().stream().mapToLong(Tensor::byteSize).sum();
            long before = mebibytes("VmRSS");
            long start = System.nanoTime();
            for (String name : weights.tensors().keySet()) {
                weights.get(name, manager);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            long growth = mebibytes("VmHWM") - before;
            System.out.printf(
                    "reading %d tensors of %d MiB: %.2f s, largest resident memory %d MiB more%n",
                    weights.tensors().size(), tensors >> 20, seconds, growth);
            return growth <= 1.1 * (tensors >> 20);
        }
    }

    private static double secondsOfBytes(Path file) throws IOException {
        byte[] buffer = new byte[1 << 20];
        long start = System.nanoTime();
        try (InputStream in = Files.newInputStream(file)) {
            while (in.read(buffer) >= 0) {
                // Only the time counts.
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static long mebibytes(String field) throws IOException {
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith(field + ":")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        }
        throw new IOException(STATUS + " has no line " + field);
    }
}
