package io.github.djlnorm.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The library's layers, as far as can be told without another process. */
class LibraryParityTest {

    @Test
    void quickGridPassesAgainstLibtorch() {
        List<Cell> cells =
                new Comparison(BlockRunner.ofLibrary(), Optional.empty())
                        .run(Grid.quick(), done -> {});

        assertThat(cells.stream().filter(cell -> !cell.passed())).isEmpty();
    }

    @Test
    void borderlineConfigurationsAreRejectedOrAccepted() {
        assertThat(Refusal.tryAll(Optional.empty())).allMatch(Refusal.Answer::passed);
    }
}
