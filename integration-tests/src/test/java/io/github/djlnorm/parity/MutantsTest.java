package io.github.djlnorm.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The quick grid alone catches every mistake, and nothing but mistakes. */
class MutantsTest {

    private static final List<ParityCase> CASES = Grid.quick();
    private static final LibtorchOperators LIBTORCH = new LibtorchOperators();
    private static List<Outcome> theirs;
    private static Judge judge;

    @BeforeAll
    static void askLibtorchOnce() {
        theirs = LIBTORCH.run(CASES);
        judge = new Judge();
    }

    @Test
    void formulaWithoutMistakePassesEverywhere() {
        assertThat(firstFailure(Mutation.NOTHING)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
    void mistakeFailsInTheQuickGrid(Mutation mutation) {
        Optional<Cell> failure = firstFailure(mutation);

        assertThat(failure).as(mutation.name()).isPresent();
        System.out.printf(
                "%s: caught in %s of %s, %s%n",
                mutation,
                failure.get().quantity(),
                failure.get().parityCase(),
                failure.get().failure());
    }

    private static Optional<Cell> firstFailure(Mutation mutation) {
        BlockRunner mutant =
                new BlockRunner(mutation.name(), one -> new MutantBlock(one, mutation));
        for (int i = 0; i < CASES.size(); i++) {
            List<ParityCase> one = List.of(CASES.get(i));
            List<Cell> cells =
                    judge.judge(one, mutant.run(one), Map.of(LIBTORCH, List.of(theirs.get(i))));
            Optional<Cell> failure = cells.stream().filter(cell -> !cell.passed()).findFirst();
            if (failure.isPresent()) {
                return failure;
            }
        }
        return Optional.empty();
    }
}
