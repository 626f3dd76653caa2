package io.github.djlnorm.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a garbage collection between forward and backward does to gradients: nothing, unless
 * autograd's graph holds a Java buffer that is garbage, such as the number in DJL's {@code
 * x.mul(2f)}.
 */
public final class GarbageCollection {

    // TorchScript changes a function after its first calls.
    private static final int ROUNDS = 2;

    private static final int BUFFERS = 200;
    private static final int LARGEST_BUFFER = 1024;
    private static final int WAITED_FOR = 1 << 20;
    private static final long PATIENCE = 10_000; // milliseconds

    private GarbageCollection() {}

    /**
     * Frees the Java buffers that are garbage, and writes over their memory.
     *
     * @throws IllegalStateException if this JVM collects no garbage when it is told to
     */
    public static void run() {
        long used = usedByBuffers() + filled(WAITED_FOR).capacity();
        System.gc();
        // Another thread frees them, one by one.
        for (int waited = 0; usedByBuffers() >= used; waited++) {
            if (waited == PATIENCE) {
                throw new IllegalStateException("no buffer was freed by System.gc()");
            }
            sleep(1);
        }
        sleep(5);
        List<ByteBuffer> buffers = new ArrayList<>();
        for (int size = Float.BYTES; size <= LARGEST_BUFFER; size *= 2) {
            for (int i = 0; i < BUFFERS; i++) {
                buffers.add(filled(size));
            }
        }
        assertThat(buffers).isNotEmpty(); // so that they live until here
    }

    private static long usedByBuffers() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static void sleep(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ByteBuffer filled(int size) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(size);
        while (buffer.hasRemaining()) {
            buffer.put((byte) 0x44); // as float32, 785
        }
        return buffer;
    }

    /**
     * Checks that the gradients of a weighted sum of a result are the same with a garbage
     * collection before the backward pass and without one, and not all zero.
     *
     * @param forward gives the result, part of autograd
     * @param variables what the result depends on, all requiring a gradient
     */
    public static void assertKeepsGradients(Supplier<NDArray> forward, List<NDArray> variables) {
        List<float[]> expected = gradients(forward, variables, false);
        float largest = 0;
        for (float[] gradient : expected) {
            largest = Math.max(largest, difference(gradient, new float[gradient.length]));
        }
        assertThat(largest).isPositive().isFinite();
        for (int round = 0; round < ROUNDS; round++) {
            List<float[]> actual = gradients(forward, variables, true);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(difference(actual.get(i), expected.get(i)) / largest)
                        .as("gradient of variable %d in round %d", i, round)
                        .isCloseTo(0, within(1e-4f));
            }
        }
    }

    /** The largest difference, or one that is no number. */
    private static float difference(float[] a, float[] b) {
        float largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }

    private static List<float[]> gradients(
            Supplier<NDArray> forward, List<NDArray> variables, boolean collect) {
        for (NDArray variable : variables) {
            NDArray gradient = variable.getGradient();
            gradient.subi(gradient.duplicate());
        }
        NDManager manager = variables.get(0).getManager();
        try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
            NDArray sum = weightedSum(forward.get());
            if (collect) {
                run();
            }
            collector.backward(sum);
        }
        return variables.stream()
                .map(variable -> variable.getGradient().toType(DataType.FLOAT32, false))
                .map(NDArray::toFloatArray)
                .toList();
    }

    /** A plain sum would say little of a normalization, whose gradient it is zero. */
    private static NDArray weightedSum(NDArray result) {
        Shape shape = result.getShape();
        NDArray weights =
                result.getManager()
                        .arange(Math.toIntExact(shape.size()))
                        .toType(result.getDataType(), false)
                        .sin()
                        .add(2)
                        .reshape(shape);
        return result.mul(weights).sum();
    }
}
