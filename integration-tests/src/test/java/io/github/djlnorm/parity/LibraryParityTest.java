package io.github.djlnorm.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlnorm.parity.cases.Grid;
import io.github.djlnorm.parity.implementations.BorderlineConfiguration;
import io.github.djlnorm.parity.verdict.Cell;
import io.github.djlnorm.parity.verdict.ParityRun;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The library's layers, as far as can be told without another process. */
class LibraryParityTest {

    @Test
    void quickGridPassesAgainstLibtorch() {
        List<Cell> cells = ParityRun.ofLibrary(Optional.empty()).run(Grid.quick(), done -> {});

        assertThat(cells.stream().filter(cell -> !cell.passed())).isEmpty();
    }

    @Test
    void borderlineConfigurationsAreRejectedOrAccepted() {
        assertThat(BorderlineConfiguration.tryAll(Optional.empty()))
                .allMatch(BorderlineConfiguration.Answer::passed);
    }
}
