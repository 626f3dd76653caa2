package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimingTest {

    @TempDir private Path folder;

    @Test
    void firstCallIsMadeByAProcessThatMadeNone() throws IOException {
        Trial trial = new Trial(Contestant.GROUP_NORM, Work.FIRST_CALL, Input.parse("1x8x4x4/8"));

        Measurement measurement =
                new ChildJvm(1, Optional.empty(), folder, folder.resolve("processes.log"))
                        .measure(Timing.class, trial);

        assertThat(measurement.value()).isPositive();
        assertThat(measurement.callsBefore()).isZero();
        assertThat(measurement.kernel()).endsWith("Kernel");
    }
}
