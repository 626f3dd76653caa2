package io.github.djlnorm.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlnorm.mutants.Mutant.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MutantTest {

    @ParameterizedTest
    @MethodSource("all")
    void stillAppliesToTheLibrary(Mutant mutant) throws IOException {
        Path project = MutantsMain.root().getParent();
        String before = Files.readString(project.resolve(mutant.file()));

        assertThat(mutant.source(project)).isNotEqualTo(before);
        assertThat(mutant.changes()).isNotEmpty();
        assertThat(mutant.tests()).isNotEmpty();
    }

    static List<Mutant> all() throws IOException {
        return Mutant.all();
    }

    @Test
    void thereAreEnoughOfThemAndEachHasItsName() throws IOException {
        assertThat(Mutant.all()).hasSizeGreaterThanOrEqualTo(40);
        assertThat(Mutant.all().stream().map(Mutant::name)).doesNotHaveDuplicates();
    }

    @Test
    void changesTextWhateverItsWhiteSpaceAndKeepsTheIndentation(@TempDir Path root)
            throws IOException {
        assertThat(mutated(root, "a\n  b =\n    1\nc\n", "b = 1", "b = 2\nd"))
                .isEqualTo("a\n  b = 2\n  d\nc\n");
    }

    @Test
    void refusesTextThatIsGoneOrThereTwice(@TempDir Path root) {
        assertThatThrownBy(() -> mutated(root, "a\n", "b", "c"))
                .hasMessage("m in f applies no more; it has no b");
        assertThatThrownBy(() -> mutated(root, "b b\n", "b", "c"))
                .hasMessage("m in f is not clear; it has two of b");
    }

    private static String mutated(Path root, String source, String old, String made)
            throws IOException {
        Files.writeString(root.resolve("f"), source);
        return new Mutant("m", "", "f", List.of("T"), List.of(new Change(old, made))).source(root);
    }
}
