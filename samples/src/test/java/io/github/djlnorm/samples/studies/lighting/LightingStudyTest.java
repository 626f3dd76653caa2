package io.github.djlnorm.samples.studies.lighting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.CommandResult;
import io.github.djlnorm.samples.plot.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LightingStudyTest {

    @TempDir private Path folder;

    @Test
    void quickModeShowsWhatInstanceNormKeepsAndLoses() throws IOException {
        CommandResult run =
                CommandResult.of("lighting-study", "--quick", "--output", folder.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains("seed 1, batch: ", "(1 of 2, about ", "90% black", "by chance 0.200");
        assertThat(ImageIO.read(folder.resolve("lighting.png").toFile()).getWidth())
                .isEqualTo(1280);

        List<String[]> lines =
                Files.readAllLines(folder.resolve("lighting.csv")).stream()
                        .map(line -> line.split(","))
                        .toList();
        assertThat(lines.get(0))
                .containsExactly("task", "norm", "seed", "veil", "epoch", "accuracy");
        // Nine veils and three epochs for each of two norms.
        assertThat(lines).hasSize(1 + 2 * (9 + 3));
        double asIs = accuracy(lines, "show", "instance", "0.0", "3");
        for (String veil : List.of("-0.75", "-0.5", "-0.25", "0.25", "0.5", "0.75")) {
            assertThat(accuracy(lines, "show", "instance", veil, "3")).isCloseTo(asIs, within(0.1));
        }
        assertThat(accuracy(lines, "level", "instance", "", "3")).isBetween(0.1, 0.35);
        assertThat(accuracy(lines, "level", "batch", "", "3")).isGreaterThan(0.5);
    }

    private static double accuracy(
            List<String[]> lines, String task, String norm, String veil, String epoch) {
        return lines.stream()
                .filter(line -> line[0].equals(task) && line[1].equals(norm))
                .filter(line -> line[3].equals(veil) && line[4].equals(epoch))
                .mapToDouble(line -> Double.parseDouble(line[5]))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void summaryHasMeanAndDeviationOverSeeds() {
        LightingSummary summary =
                new LightingSummary(
                        List.of(
                                result(Norm.batch(), 1, 0.2, 0.4),
                                result(Norm.instance(), 1, 0.9, 0.9),
                                result(Norm.batch(), 2, 0.6, 0.4)));
        // The deviation of 0.2 and 0.6 is the root of 2 * 0.2 * 0.2 / (2 - 1).
        Spread veiled = summary.byVeil(Norm.batch()).get(-0.5);
        assertThat(veiled.mean()).isCloseTo(0.4, within(1e-12));
        assertThat(veiled.deviation()).isCloseTo(Math.sqrt(0.08), within(1e-12));
        assertThat(veiled.count()).isEqualTo(2);
        assertThat(summary.byEpoch(Norm.instance()).get(2).mean()).isEqualTo(0.25);
        assertThat(summary.norms()).containsExactly(Norm.batch(), Norm.instance());
        assertThat(summary.lines())
                .contains(
                        "norm           50% black         as is",
                        "batch       0.400 \u00b10.283  0.400 \u00b10.000");
        assertThat(summary.csv())
                .contains("show,batch,2,-0.5,2,0.600000", "level,batch,2,,1,0.500000");
    }

    private static LightingResult result(Norm norm, int seed, double veiled, double asIs) {
        return new LightingResult(norm, seed, Map.of(-0.5, veiled, 0.0, asIs), List.of(0.5, 0.25));
    }
}
