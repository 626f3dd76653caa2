package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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

    /** The meter counts its calls. */
    private List<Result> run(int rounds) throws IOException {
        Meter meter =
                trial -> {
                    log.add(trial.contestant().label() + " " + trial.dimensions());
                    return log.size();
                };
        List<Row> rows = Stream.of(LIBTORCH, OTHER_SHAPE, FORMULA).toList();
        return new Tournament(meter, line -> {}).run(rows, rounds);
    }
}
