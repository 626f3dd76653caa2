package io.github.djlnorm.parity.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlnorm.parity.cases.Extra;
import io.github.djlnorm.parity.cases.Grid;
import io.github.djlnorm.parity.cases.Layer;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.implementations.BlockRunner;
import io.github.djlnorm.parity.implementations.LibtorchOperators;
import io.github.djlnorm.parity.implementations.Outcome;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The quick grid alone catches every mistake in every layer, and nothing but mistakes. */
class MutantsTest {

    // The formula has no masks; and kernels and threads are not the block's to choose.
    private static final List<ParityCase> CASES =
            Grid.quick().stream()
                    .filter(
                            c ->
                                    c.extra() == Extra.NONE
                                            || c.extra().isActivation()
                                            || c.extra() == Extra.GAMMA_RECORDED)
                    .toList();
    private static final LibtorchOperators LIBTORCH = new LibtorchOperators();
    private static List<Outcome> theirs;
    private static Investigation investigation;

    @BeforeAll
    static void askLibtorchOnce() {
        theirs = LIBTORCH.run(CASES);
        investigation = new Investigation();
    }

    @Test
    void formulaWithoutMistakePassesEverywhere() {
        assertThat(firstFailure(Mutation.NOTHING, Mutation.NOTHING.layers())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakeFailsInTheQuickGrid(Mutation mutation, Layer layer) {
        Optional<Cell> failure = firstFailure(mutation, EnumSet.of(layer));

        assertThat(failure).as("%s in %s", mutation, layer).isPresent();
        System.out.printf(
                "%s: caught in %s of %s, %s%n",
                mutation,
                failure.get().quantity(),
                failure.get().parityCase(),
                failure.get().failure());
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(Mutation.values())
                .filter(mutation -> mutation != Mutation.NOTHING)
                .flatMap(
                        mutation ->
                                mutation.layers().stream()
                                        .map(layer -> Arguments.of(mutation, layer)));
    }

    private static Optional<Cell> firstFailure(Mutation mutation, Set<Layer> layers) {
        BlockRunner mutant =
                new BlockRunner(mutation.name(), one -> new MutantBlock(one, mutation));
        for (int i = 0; i < CASES.size(); i++) {
            if (!layers.contains(CASES.get(i).layer())) {
                continue;
            }
            List<ParityCase> one = List.of(CASES.get(i));
            Evidence evidence =
                    investigation.of(
                            CASES.get(i),
                            mutant.run(one).get(0),
                            Map.of(LIBTORCH.name(), theirs.get(i)));
            Optional<Cell> failure =
                    Judge.judge(evidence).stream().filter(cell -> !cell.passed()).findFirst();
            if (failure.isPresent()) {
                return failure;
            }
        }
        return Optional.empty();
    }
}
