package io.github.djlnorm.benchmark;

/** What a contestant does while it is measured. */
enum Work {
    /** A layer's call without gradients. */
    FORWARD("forward", "us", 1, false, 1000, 10, 80),
    /** A layer's call, and the gradients of its input and its parameters. */
    BACKWARD("forward+backward", "us", 1, true, 1600, 10, 80),
    /** A net's call without gradients. */
    INFERENCE("inference", "ms", 1000, false, 3000, 5, 500),
    /** Forward, loss, backward and update. The JVM needs some hundred steps to compile it all. */
    STEP("training step", "ms", 1000, true, 12_000, 4, 1000),
    /** A call in a process that made none before. */
    FIRST_CALL("first call", "ms", 1000, false, 0, 0, 0),
    /** As FIRST_CALL, with gradients. */
    FIRST_TRAINING_CALL("first training call", "ms", 1000, true, 0, 0, 0),
    /** As BACKWARD; measured is the memory that it takes beyond its inputs. */
    MEMORY("peak memory", "MiB", 1024, true, 0, 0, 0);

    private final String label;
    private final String unit;
    private final double perUnit;
    private final boolean differentiates;
    private final int warmUpMillis;
    private final int samples;
    private final int sampleMillis;

    Work(
            String label,
            String unit,
            double perUnit,
            boolean differentiates,
            int warmUpMillis,
            int samples,
            int sampleMillis) {
        this.label = label;
        this.unit = unit;
        this.perUnit = perUnit;
        this.differentiates = differentiates;
        this.warmUpMillis = warmUpMillis;
        this.samples = samples;
        this.sampleMillis = sampleMillis;
    }

    /**
     * When the time counts, the same for all contestants.
     *
     * @param warmUpMillis how long calls are made before
     * @param samples how many samples are taken, of which the median is told; 0 for one call
     * @param sampleMillis how long a sample takes at least; its mean time of a call counts
     */
    record Schedule(int warmUpMillis, int samples, int sampleMillis) {
        static final Schedule ONCE = new Schedule(0, 0, 0);
    }

    String label() {
        return label;
    }

    String unit() {
        return unit;
    }

    /** Converts microseconds, or KiB of memory. */
    double inUnit(double measured) {
        return measured / perUnit;
    }

    /** Whether gradients belong to it. */
    boolean differentiates() {
        return differentiates;
    }

    Schedule schedule() {
        return sampleMillis == 0
                ? Schedule.ONCE
                : new Schedule(warmUpMillis, samples, sampleMillis);
    }

    boolean isFirst() {
        return this == FIRST_CALL || this == FIRST_TRAINING_CALL;
    }
}
