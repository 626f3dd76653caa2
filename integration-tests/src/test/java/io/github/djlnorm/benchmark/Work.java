package io.github.djlnorm.benchmark;

/** What a contestant does while it is measured. */
enum Work {
    /** A call without gradients. */
    FORWARD("forward", "us"),
    /** A call, and the gradients of its input and its parameters. */
    BACKWARD("forward+backward", "us"),
    /** A call in a process that made none before. */
    FIRST_CALL("first call", "us"),
    /** Forward, loss, backward and update. */
    STEP("training step", "us"),
    /** As BACKWARD; measured is the memory that it takes beyond its inputs. */
    MEMORY("peak memory", "KiB");

    private final String label;
    private final String unit;

    Work(String label, String unit) {
        this.label = label;
        this.unit = unit;
    }

    String label() {
        return label;
    }

    String unit() {
        return unit;
    }

    /** Whether gradients belong to it. */
    boolean differentiates() {
        return this == BACKWARD || this == STEP || this == MEMORY;
    }
}
