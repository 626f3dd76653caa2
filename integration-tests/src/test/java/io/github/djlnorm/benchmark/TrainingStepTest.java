package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrainingStepTest {

    private static final int STEPS = 10;

    @Test
    void stepsTrain() {
        Trial trial = new Trial(Contestant.CIFAR_RESNET, Work.STEP, Input.parse("4x3x8x8"));
        try (Call step = trial.open()) {
            float first = step.numbers().get(0)[0];
            for (int i = 0; i < STEPS; i++) {
                step.run();
            }

            assertThat(step.numbers().get(0)[0]).isLessThan(first);
        }
    }
}
