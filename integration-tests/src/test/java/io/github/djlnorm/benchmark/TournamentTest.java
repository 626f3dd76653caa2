package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TournamentTest {

    private static final Aim LARGE = Aim.on("8x64x32x32/32");
    private static final Row LIBTORCH = new Row(Comparison.GROUP_NORM, LARGE);
    private static final Row COPY = new Row(Comparison.COPY, LARGE);
    private static final Row OTHER_INPUT = new Row(Comparison.GROUP_NORM, Aim.on("1x8x4x4/8"));

    private final List<String> log = new ArrayList<>();

    @Test
    void contestantsOfOneInputAreMeasuredOneRightAfterTheOther() throws IOException {
        run(1);

        assertThat(log)
                .containsExactly(
                        "group-norm 8x64x32x32/32",
                        "libtorch-group-norm 8x64x32x32/32",
                        "copy 8x64x32x32/32",
                        "group-norm 1x8x4x4/8",
                        "libtorch-group-norm 1x8x4x4/8");
    }

    @Test
    void anotherOneBeginsTheNextRound() throws IOException {
        run(2);

        assertThat(log.subList(5, 8))
                .containsExactly(
                        "libtorch-group-norm 8x64x32x32/32",
                        "copy 8x64x32x32/32",
                        "group-norm 8x64x32x32/32");
    }

    @Test
    void ratioIsOfMeasurementsOfTheSameRound() throws IOException {
        List<Result> results = run(2);

        assertThat(results.get(0).ours()).extracting(Measurement::value).containsExactly(1.0, 8.0);
        assertThat(results.get(0).other()).extracting(Measurement::value).containsExactly(2.0, 6.0);
        assertThat(results.get(2).other()).extracting(Measurement::value).containsExactly(3.0, 7.0);
    }

    @Test
    void aContestantInTwoComparisonsIsMeasuredOnceARound() throws IOException {
        List<Result> results = run(2);

        assertThat(log.stream().filter("group-norm 8x64x32x32/32"::equals)).hasSize(2);
        assertThat(results.get(2).ours()).isEqualTo(results.get(0).ours());
    }

    /** The meter counts its calls. */
    private List<Result> run(int rounds) throws IOException {
        Meter meter =
                trial -> {
                    log.add(trial.contestant().label() + " " + trial.input());
                    return new Measurement(log.size(), 0, "");
                };
        return new Tournament(meter, line -> {}).run(List.of(LIBTORCH, OTHER_INPUT, COPY), rounds);
    }
}
