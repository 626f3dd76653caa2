package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingStepTest {

    private static final int STEPS = 10;

    @ParameterizedTest
    @EnumSource(names = {"RESNET_GROUP_NORM", "RESNET_BATCH_NORM"})
    void stepsTrain(Contestant contestant) {
        Trial trial = new Trial(contestant, Work.STEP, Trial.shape("4x3x8x8"), 8);
        try (Call step = trial.open()) {
            float first = step.numbers().get(0)[0];
            for (int i = 0; i < STEPS; i++) {
                step.run();
            }

            assertThat(step.numbers().get(0)[0]).isLessThan(first);
        }
    }
}
