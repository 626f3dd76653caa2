package io.github.djlnorm.parity.cases;

/** Whether running statistics are kept, and how many training steps have moved them. */
public enum Running {
    /** No running statistics. */
    OFF(0, 0.9),
    /** Running statistics after one training step. */
    ON(1, 0.9),
    /** Running statistics after several training steps, each on other data. */
    STEPS(3, 0.9),
    /** As STEPS, with little weight of the old values. */
    FAST(3, 0.25),
    /** Given statistics of a layer that is frozen before it trains, and so does not move them. */
    FROZEN(1, 1),
    /** Given statistics that never move, and that training uses as well. */
    GIVEN(1, 1);

    private final int trainingSteps;
    private final double momentum;

    Running(int trainingSteps, double momentum) {
        this.trainingSteps = trainingSteps;
        this.momentum = momentum;
    }

    int trainingSteps() {
        return trainingSteps;
    }

    /** DJL's weight of the old running value; one minus PyTorch's momentum. */
    public double momentum() {
        return momentum;
    }

    /** Whether the layer has them, and training leaves them alone when it normalizes. */
    public boolean tracked() {
        return this != OFF && this != GIVEN;
    }

    /** Whether they start from values that are given. */
    public boolean given() {
        return this == FROZEN || this == GIVEN;
    }
}
