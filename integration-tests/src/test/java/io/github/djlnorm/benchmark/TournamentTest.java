package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TournamentTest {

    private static final Row LIBTORCH = Comparison.GROUP_NORM.rows(Size.DEFAULT).get(0);
    private static final Row FORMULA = Comparison.FORMULA.rows(Size.DEFAULT).get(0);
    private static final Row OTHER_SHAPE = Comparison.GROUP_NORM.rows(Size.DEFAULT).get(1);

    private final List<String> log = new ArrayList<>();

    @Test
    void contestantsOfOneInputAreMeasuredOneRightAfterTheOther() throws IOException {
        run(1);

        assertThat(log)
                .containsExactly(
                        "group-norm 8x64x32x32",
                        "libtorch-group-norm 8x64x32x32",
                        "formula 8x64x32x32",
                        "group-norm 2x256x64x64",
                        "libtorch-group-norm 2x256x64x64");
    }

    @Test
    void anotherOneBeginsTheNextRound() throws IOException {
        run(2);

        assertThat(log.subList(5, 8))
                .containsExactly(
                        "libtorch-group-norm 8x64x32x32",
                        "formula 8x64x32x32",
                        "group-norm 8x64x32x32");
    }

    @Test
    void ratioIsOfMeasurementsOfTheSameRound() throws IOException {
        List<Result> results = run(2);

        assertThat(results.get(0).ours()).containsExactly(1.0, 8.0);
        assertThat(results.get(0).other()).containsExactly(2.0, 6.0);
        assertThat(results.get(2).other()).containsExactly(3.0, 7.0);
    }

    @Test
    void aContestantInTwoComparisonsIsMeasuredOnceARound() throws IOException {
        Row bound = Comparison.BOUND_OF_FORMULA.rows(Size.DEFAULT).get(0);

        List<Result> results = run(2, FORMULA, bound);

        assertThat(log).hasSize(6);
        assertThat(results.get(0).ours()).containsExactly(1.0, 6.0);
        assertThat(results.get(0).other()).containsExactly(2.0, 4.0);
        assertThat(results.get(1).ours()).containsExactly(3.0, 5.0);
        assertThat(results.get(1).other()).containsExactly(2.0, 4.0);
    }

    private List<Result> run(int rounds) throws IOException {
        return run(rounds, LIBTORCH, OTHER_SHAPE, FORMULA);
    }

    /** The meter counts its calls. */
    private List<Result> run(int rounds, Row... rows) throws IOException {
        Meter meter =
                trial -> {
                    log.add(trial.contestant().label() + " " + trial.dimensions());
                    return log.size();
                };
        return new Tournament(meter, line -> {}).run(List.of(rows), rounds);
    }
}
