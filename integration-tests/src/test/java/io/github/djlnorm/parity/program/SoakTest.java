package io.github.djlnorm.parity.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.implementations.BlockRunner;
import io.github.djlnorm.parity.implementations.LibraryBlocks;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SoakTest {

    @Test
    void findsNothingInTheLibrary() throws Exception {
        try (Soak soak = new Soak(BlockRunner.ofLibrary(), 1)) {
            for (int round = 0; round < 8; round++) {
                assertThat(soak.round()).isEmpty();
            }
        }
    }

    @Test
    void findsALayerWithAnotherEpsilonAndOneThatChanges() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        BlockRunner changing =
                new BlockRunner(
                        "changing",
                        one ->
                                calls.incrementAndGet() % 2 == 0
                                        ? LibraryBlocks.of(one)
                                        : LibraryBlocks.of(withEpsilonOne(one)));
        try (Soak soak = new Soak(changing, 1)) {
            assertThat(soak.round())
                    .anyMatch(failure -> failure.endsWith("ULP off"))
                    .anyMatch(failure -> failure.endsWith("ULP off in another thread"));
        }
    }

    private static ParityCase withEpsilonOne(ParityCase one) {
        return new ParityCase(
                one.layer(),
                one.shape(),
                one.groups(),
                one.mode(),
                one.affine(),
                one.running(),
                one.precision(),
                one.layout(),
                one.distribution(),
                1,
                one.seed(),
                one.extra());
    }

    @Test
    void memoryThatGrowsIsTold() {
        assertThat(SoakMain.growth(kib(i -> 500_000 + 20_000 * i))).startsWith("GREW by ");
        assertThat(SoakMain.growth(kib(i -> 500_000 + (i % 2) * 200_000))).isEqualTo("flat");
        assertThat(SoakMain.growth(List.of(1L, 1_000_000L))).startsWith("not judged");
    }

    private static List<Long> kib(LongUnaryOperator look) {
        return LongStream.range(0, 16).map(look).boxed().toList();
    }

    @Test
    void wrongOptionsAreRefused() {
        assertThat(SoakMain.run("--minutes", "0")).isEqualTo(2);
        assertThat(SoakMain.run("--rounds", "x")).isEqualTo(2);
    }
}
