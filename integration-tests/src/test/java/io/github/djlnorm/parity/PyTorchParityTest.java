package io.github.djlnorm.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlnorm.parity.cases.Grid;
import io.github.djlnorm.parity.cases.KnownFault;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.implementations.BorderlineConfiguration;
import io.github.djlnorm.parity.implementations.Implementation;
import io.github.djlnorm.parity.implementations.LibtorchOperators;
import io.github.djlnorm.parity.implementations.Outcome;
import io.github.djlnorm.parity.implementations.TorchModules;
import io.github.djlnorm.parity.verdict.Cell;
import io.github.djlnorm.parity.verdict.Deviation;
import io.github.djlnorm.parity.verdict.Investigation;
import io.github.djlnorm.parity.verdict.Judge;
import io.github.djlnorm.parity.verdict.ParityRun;
import io.github.djlnorm.parity.verdict.Tally;
import java.lang.module.ModuleDescriptor.Version;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The library's layers against real PyTorch. */
class PyTorchParityTest {

    @RegisterExtension static final RealPyTorch PYTORCH = new RealPyTorch();

    @Test
    void isRecentEnoughToBeAMeasure() {
        String version = PYTORCH.get().version();
        System.out.println("comparing with PyTorch " + version);
        assertThat(Version.parse(version.replaceFirst("[^\\d.].*", "")))
                .isGreaterThanOrEqualTo(Version.parse("2.6"));
    }

    @Test
    void quickGridPasses() {
        ParityRun run = ParityRun.ofLibrary(Optional.of(PYTORCH.get()));
        List<Cell> cells = run.run(Grid.quick(), done -> {});

        assertThat(cells.stream().filter(cell -> !cell.passed())).isEmpty();
        assertThat(run.tallies(Grid.quick(), cells)).hasSize(2).allMatch(Tally::isComplete);
    }

    @ParameterizedTest
    @EnumSource
    void everyKnownFaultIsOneOfPyTorchs(KnownFault fault) {
        List<ParityCase> cases =
                Grid.full().stream()
                        .filter(c -> KnownFault.of(c).equals(List.of(fault)))
                        .filter(c -> c.shape().size() < 2000)
                        .limit(40)
                        .toList();
        Investigation investigation = new Investigation();
        List<Implementation> references =
                List.of(new LibtorchOperators(), new TorchModules(PYTORCH.get()));

        Stream<Deviation> errors =
                references.stream()
                        .flatMap(
                                reference -> {
                                    List<Outcome> outcomes = reference.run(cases);
                                    return IntStream.range(0, cases.size())
                                            .mapToObj(
                                                    i ->
                                                            investigation.of(
                                                                    cases.get(i),
                                                                    outcomes.get(i),
                                                                    Map.of()));
                                })
                        .flatMap(evidence -> Judge.judge(evidence).stream())
                        .map(Cell::ours);

        assertThat(errors)
                .as("PyTorch's own errors in %d cases, null where it refuses", cases.size())
                .anyMatch(error -> error == null ? fault.refuses() : error.ulp() > Judge.CAP);
    }

    @Test
    void rejectsWhatPyTorchRejects() {
        assertThat(BorderlineConfiguration.tryAll(Optional.of(PYTORCH.get())))
                .allMatch(BorderlineConfiguration.Answer::passed);
    }
}
