package io.github.djlnorm.benchmark;

/** How many threads libtorch works with: DJL reads a system property, and so does all else here. */
final class Threads {

    private static final String PROPERTY = "ai.djl.pytorch.num_threads";

    private Threads() {}

    static int ofThisProcess() {
        return Integer.getInteger(PROPERTY, 1);
    }

    static String argument(int threads) {
        return "-D" + PROPERTY + "=" + threads;
    }
}
