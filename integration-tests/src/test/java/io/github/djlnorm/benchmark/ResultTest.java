package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ResultTest {

    private static final Row ROW =
            new Row(Comparison.GROUP_NORM, Aim.on("8x64x32x32/32").atMost(1.1));
    private static final Row FIRST =
            new Row(Comparison.FIRST_LAYER, Aim.on("8x64x32x32/32").within(10));
    private static final Row ROW_WITHOUT_TARGET = new Row(Comparison.COPY, Aim.on("8x64x32x32/32"));

    @Test
    void ratioIsTakenInEachRoundBeforeTheMedian() {
        Result result = new Result(ROW, values(2, 30, 4), values(1, 20, 8));

        assertThat(result.median()).isEqualTo(1.5);
        assertThat(result.lowest()).isEqualTo(0.5);
        assertThat(result.highest()).isEqualTo(2);
        assertThat(result.ourMedian()).isEqualTo(4);
        assertThat(result.otherMedian()).isEqualTo(8);
    }

    @Test
    void medianOfTwoRoundsIsBetweenThem() {
        assertThat(new Result(ROW, values(1, 3), values(1, 1)).median()).isEqualTo(2);
    }

    @Test
    void targetIsMetByTheMedianUpToItself() {
        assertThat(new Result(ROW, values(1.1), values(1)).verdict()).isEqualTo("met");
        assertThat(new Result(ROW, values(1.2), values(1)).verdict()).isEqualTo("missed");
        assertThat(new Result(ROW_WITHOUT_TARGET, values(9), values(1)).verdict()).isEqualTo("-");
    }

    @Test
    void targetOfAFirstCallIsItsOwnTimeInMilliseconds() {
        assertThat(new Result(FIRST, values(10_000), values(1)).verdict()).isEqualTo("met");
        assertThat(new Result(FIRST, values(10_001), values(90_000)).verdict()).isEqualTo("missed");
    }

    @Test
    void callsBeforeAreThoseOfTheColdestProcess() {
        Result result =
                new Result(
                        ROW,
                        List.of(new Measurement(1, 30, ""), new Measurement(1, 40, "")),
                        List.of(new Measurement(1, 50, ""), new Measurement(1, 20, "")));

        assertThat(result.callsBefore()).isEqualTo(20);
    }

    @Test
    void roundOfOneContestantOnlyIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Result(ROW, values(1, 2), values(1)))
                .withMessageStartingWith("both contestants take part in every round: [");
    }

    static List<Measurement> values(double... values) {
        return DoubleStream.of(values)
                .mapToObj(value -> new Measurement(value, 15_000, "CpuKernel"))
                .toList();
    }
}
