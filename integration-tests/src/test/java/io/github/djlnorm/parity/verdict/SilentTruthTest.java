package io.github.djlnorm.parity.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.cases.Layer;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.implementations.BlockRunner;
import io.github.djlnorm.parity.implementations.Float64Formula;
import io.github.djlnorm.parity.implementations.Implementation;
import io.github.djlnorm.parity.implementations.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A truth that says nothing, or less than it was asked, is not taken for one that agrees. */
class SilentTruthTest {

    private static final List<ParityCase> CASES =
            List.of(
                    ParityCase.of(Layer.GROUP_NORM, new Shape(2, 12, 5, 7), 4),
                    ParityCase.of(Layer.LAYER_NORM, new Shape(2, 12, 5, 7), 1));

    @Test
    void aTruthThatAnswersIsCompleteAndTheLibraryPasses() {
        ParityRun run = against(outcomes -> outcomes);
        List<Cell> cells = run.run(CASES, done -> {});

        assertThat(cells).hasSize(8).allMatch(Cell::passed);
        assertThat(run.tallies(CASES, cells))
                .hasSize(2)
                .allMatch(Tally::isComplete)
                .extracting(Tally::compared)
                .containsOnly(8L);
    }

    @Test
    void aTruthThatGivesNothingFailsEachCellAndTheTally() {
        ParityRun run =
                against(outcomes -> outcomes.stream().map(o -> Outcome.of(Map.of())).toList());
        List<Cell> cells = run.run(CASES, done -> {});
        Tally silent = run.tallies(CASES, cells).get(1);

        assertThat(cells).noneMatch(Cell::passed);
        assertThat(silent.isComplete()).isFalse();
        assertThat(silent).hasToString("other: ONLY 0 of 8 planned comparisons made");
    }

    @Test
    void aTruthThatRefusesEverythingFails() {
        ParityRun run =
                against(outcomes -> outcomes.stream().map(o -> Outcome.refused("no")).toList());
        List<Cell> cells = run.run(CASES, done -> {});

        assertThat(cells).noneMatch(Cell::passed);
        assertThat(run.tallies(CASES, cells).get(1).isComplete()).isFalse();
    }

    @Test
    void aTruthThatLosesAnOutcomeStopsTheRun() {
        ParityRun run = against(outcomes -> outcomes.subList(1, outcomes.size()));

        assertThatThrownBy(() -> run.run(CASES, done -> {}))
                .hasMessageContaining("other owes 2 outcomes, got 1");
    }

    @Test
    void aTruthThatHasNoneOfTheLayersIsNotComplete() {
        Implementation none =
                new Altered(outcomes -> outcomes) {
                    @Override
                    public boolean computes(ParityCase parityCase) {
                        return false;
                    }
                };
        ParityRun run = new ParityRun(BlockRunner.ofLibrary(), Optional.of(none));

        assertThat(run.tallies(CASES, run.run(CASES, done -> {})).get(1).isComplete()).isFalse();
    }

    private static ParityRun against(UnaryOperator<List<Outcome>> change) {
        return new ParityRun(BlockRunner.ofLibrary(), Optional.of(new Altered(change)));
    }

    /** Answers as the formula does, and then changes what it says. */
    private static class Altered implements Implementation {

        private final Float64Formula formula = new Float64Formula();
        private final UnaryOperator<List<Outcome>> change;

        Altered(UnaryOperator<List<Outcome>> change) {
            this.change = change;
        }

        @Override
        public String name() {
            return "other";
        }

        @Override
        public List<Outcome> run(List<ParityCase> cases) {
            return change.apply(formula.run(cases));
        }
    }
}
