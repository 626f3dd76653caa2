package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchmarkMainTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--rounds 0",
                "--threads 0",
                "--only nobody",
                "--only (",
                "--group everything",
                "--group first-calls --only resnet",
                "--quick --group first-calls",
                "--baseline nowhere/classes",
                "--nothing"
            })
    void wrongOptionIsRefusedBeforeAnythingIsMeasured(String options) {
        assertThat(BenchmarkMain.run(options.split(" "))).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h", "--help"})
    void helpIsNoFailure(String option) {
        assertThat(BenchmarkMain.run(option)).isZero();
    }
}
