package io.github.djlnorm.parity.cases;

/** Whether running statistics are kept, and how many training steps have moved them. */
public enum Running {
    /** No running statistics. */
    OFF(0),
    /** Running statistics after one training step. */
    ON(1),
    /** Running statistics after several training steps, each on other data. */
    STEPS(3),
    /** Given statistics that never move, whatever is trained on. */
    GIVEN(1);

    private final int trainingSteps;

    Running(int trainingSteps) {
        this.trainingSteps = trainingSteps;
    }

    int trainingSteps() {
        return trainingSteps;
    }

    /** Whether they move in training. */
    public boolean tracked() {
        return this == ON || this == STEPS;
    }
}
