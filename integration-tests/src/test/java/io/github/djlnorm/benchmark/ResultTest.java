package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResultTest {

    private static final Row ROW = Comparison.GROUP_NORM.rows(Size.DEFAULT).get(0);
    private static final Row ROW_WITHOUT_TARGET = Comparison.COPY.rows(Size.DEFAULT).get(0);

    @Test
    void ratioIsTakenInEachRoundBeforeTheMedian() {
        Result result = new Result(ROW, List.of(2.0, 30.0, 4.0), List.of(1.0, 20.0, 8.0));

        assertThat(result.median()).isEqualTo(1.5);
        assertThat(result.lowest()).isEqualTo(0.5);
        assertThat(result.highest()).isEqualTo(2);
        assertThat(result.ourMedian()).isEqualTo(4);
        assertThat(result.otherMedian()).isEqualTo(8);
    }

    @Test
    void medianOfTwoRoundsIsBetweenThem() {
        assertThat(new Result(ROW, List.of(1.0, 3.0), List.of(1.0, 1.0)).median()).isEqualTo(2);
    }

    @Test
    void targetIsMetByTheMedianUpToItself() {
        assertThat(new Result(ROW, List.of(1.1), List.of(1.0)).verdict()).isEqualTo("met");
        assertThat(new Result(ROW, List.of(1.2), List.of(1.0)).verdict()).isEqualTo("missed");
        assertThat(new Result(ROW_WITHOUT_TARGET, List.of(9.0), List.of(1.0)).verdict())
                .isEqualTo("-");
    }

    @Test
    void roundOfOneContestantOnlyIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Result(ROW, List.of(1.0, 2.0), List.of(1.0)))
                .withMessage("both contestants take part in every round: [1.0, 2.0], [1.0]");
    }
}
