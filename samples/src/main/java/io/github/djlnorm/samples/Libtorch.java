package io.github.djlnorm.samples;

/** Settings of libtorch. */
final class Libtorch {

    private static final String THREADS = "ai.djl.pytorch.num_threads";

    private Libtorch() {}

    /** Sets the number of threads that an operation may use; to be called before all else. */
    static void setThreads(int threads) {
        // DJL reads the property once, when it loads libtorch.
        System.setProperty(THREADS, Integer.toString(threads));
    }
}
