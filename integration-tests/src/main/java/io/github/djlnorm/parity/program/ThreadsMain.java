package io.github.djlnorm.parity.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.GroupNorm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Calls group normalization 10 million times on small tensors of changing shapes from 8 threads.
 * Ends with status 1 if a result differs from that of one thread in any bit, or if the process's
 * resident memory grows after the first tenth.
 */
public final class ThreadsMain {

    private static final int THREADS = 8;
    private static final int ROUNDS = 10;
    private static final int CALLS_PER_ROUND = 1_000_000;
    private static final int CALLS_PER_LOOK = 16;
    private static final long ALLOWED_GROWTH_KIB = 32 * 1024;

    private final List<NDArray> inputs = new ArrayList<>();
    private final List<float[]> expected = new ArrayList<>();

    private ThreadsMain(NDManager manager) {
        for (int positions = 1; positions <= 64; positions++) {
            NDArray x = manager.randomNormal(new Shape(1 + positions % 3, 8, positions));
            inputs.add(x);
            try (NDArray y = normalize(x, x.getManager())) {
                expected.add(y.toFloatArray());
            }
        }
    }

    private static NDArray normalize(NDArray x, NDManager manager) {
        NDArray y = GroupNorm.groupNorm(x, 4, null, null, 1e-5f).head();
        y.attach(manager);
        return y;
    }

    /**
     * Runs the program.
     *
     * @param args none
     * @throws IOException if the resident memory cannot be read
     * @throws ExecutionException if a call fails
     * @throws InterruptedException if the program is interrupted
     */
    public static void main(String[] args)
            throws IOException, ExecutionException, InterruptedException {
        if (!ResidentMemory.isKnown()) {
            System.out.println("skipped: resident memory is known on Linux only");
            return;
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            ThreadsMain program = new ThreadsMain(manager);
            long different = 0;
            long start = 0;
            long grown = 0;
            for (int round = 0; round < ROUNDS; round++) {
                List<Future<Long>> results = new ArrayList<>();
                for (int thread = 0; thread < THREADS; thread++) {
                    int first = thread;
                    results.add(threads.submit(() -> program.calls(first)));
                }
                for (Future<Long> result : results) {
                    different += result.get();
                }
                System.gc(); // the Java heap's own growth is not what is asked for
                long resident = ResidentMemory.kib();
                start = round == 0 ? resident : start;
                grown = resident - start;
                System.out.printf(
                        "%,d calls: %d results differ, %d MiB%n",
                        (round + 1) * CALLS_PER_ROUND, different, resident / 1024);
            }
            boolean passed = different == 0 && grown <= ALLOWED_GROWTH_KIB;
            System.out.println(passed ? "PASSED" : "FAILED");
            if (!passed) {
                System.exit(1);
            }
        } finally {
            threads.shutdown();
        }
    }

    /** A thread's calls in a round, and how many of the results that it looked at differ. */
    private long calls(int first) {
        long different = 0;
        try (NDManager own = NDManager.newBaseManager("PyTorch")) {
            for (int call = 0; call < CALLS_PER_ROUND / THREADS; call++) {
                int shape = (first + 7 * call) % inputs.size();
                try (NDArray y = normalize(inputs.get(shape), own)) {
                    if (call % CALLS_PER_LOOK == 0
                            && !Arrays.equals(y.toFloatArray(), expected.get(shape))) {
                        different++;
                    }
                }
            }
        }
        return different;
    }
}
