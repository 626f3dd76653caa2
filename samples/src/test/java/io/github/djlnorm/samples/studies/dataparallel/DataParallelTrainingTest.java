package io.github.djlnorm.samples.studies.dataparallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.CommandResult;
import io.github.djlnorm.samples.nets.Net;
import io.github.djlnorm.samples.studies.dataparallel.DataParallelTraining.TrainingTrace;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataParallelTrainingTest {

    private static final List<String> SPLITS = List.of("2", "4", "8", "16");

    @TempDir private Path folder;

    @Test
    void quickModeShowsThatOnlyBatchNormDependsOnTheSplit() throws IOException {
        CommandResult run =
                CommandResult.of("data-parallel", "--quick", "--output", folder.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        // 2x2 values of each of 32 images, and of each of two.
        assertThat(run.out()).containsPattern("batch +1 +128 +0.00e\\+00");
        assertThat(run.out()).containsPattern("\nbatch +16 +8 ");
        assertThat(run.out()).containsPattern("sync-batch +16 +128 ");
        assertThat(ImageIO.read(folder.resolve("data-parallel.png").toFile()).getWidth())
                .isEqualTo(760);

        List<String[]> differences = csv("differences.csv");
        assertThat(differences).hasSize(1 + 3 * 5);
        for (String parts : SPLITS) {
            // Rounding, which now and then turns a ReLU or the choice of a maximum.
            assertThat(value(differences, 3, "group:8", parts, "1")).isBetween(1e-9, 1e-4);
            assertThat(value(differences, 4, "group:8", parts, "1")).isBetween(1e-9, 1e-2);
            assertThat(value(differences, 3, "sync-batch", parts, "1")).isBetween(1e-9, 1e-4);
            assertThat(value(differences, 4, "sync-batch", parts, "1")).isBetween(1e-9, 1e-2);
            assertThat(value(differences, 3, "batch", parts, "1")).isGreaterThan(0.1);
            assertThat(value(differences, 4, "batch", parts, "1")).isGreaterThan(0.1);
        }
        List<String[]> losses = csv("losses.csv");
        assertThat(losses).hasSize(1 + 3 * 5 * 3);
        for (String parts : SPLITS) {
            assertThat(value(losses, 4, "group:8", parts, "1", "3"))
                    .isCloseTo(value(losses, 4, "group:8", "1", "1", "3"), within(1e-3));
            assertThat(value(losses, 4, "sync-batch", parts, "1", "3"))
                    .isCloseTo(value(losses, 4, "batch", "1", "1", "3"), within(1e-3));
        }
    }

    private List<String[]> csv(String file) throws IOException {
        return Files.readAllLines(folder.resolve(file)).stream()
                .map(line -> line.split(","))
                .toList();
    }

    private static double value(List<String[]> lines, int column, String... key) {
        return lines.stream()
                .filter(line -> List.of(line).subList(0, key.length).equals(List.of(key)))
                .mapToDouble(line -> Double.parseDouble(line[column]))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void differencesAreRelativeToTheWholeBatch() {
        TrainingTrace whole =
                new TrainingTrace(List.of(2.0), buffer(0, 2), buffer(1, 1), buffer(1, 3));
        TrainingTrace split =
                new TrainingTrace(List.of(2.0), buffer(3, 6), buffer(1, 1), buffer(1, 4));
        DataParallelResult result = DataParallelResult.of(Norm.batch(), 2, 1, split, whole);
        // (3, 4) has the length 5, and the whole batch's gradient 2.
        assertThat(result.gradient()).isEqualTo(2.5);
        // One apart, after a way of two.
        assertThat(result.parameters()).isEqualTo(0.5);
    }

    @Test
    void lastLossIsTheMeanOfTheLastTenSteps() {
        List<Double> losses = List.of(99.0, 99.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0);
        assertThat(new DataParallelResult(Norm.batch(), 2, 1, 0, 0, losses).lastLoss())
                .isEqualTo(1.5);
    }

    @ParameterizedTest
    @CsvSource({
        "convnet, 32, 4",
        "resnet:8, 16, 16",
        "resnet:8, 5, 4",
        "resnet:8, 4, 1",
        "unpadded, 32, 49",
        "zoo-resnet:18, 32, 16"
    })
    void smallestFeatureMapOfANet(String net, int size, long values) {
        assertThat(Net.parse(net).smallestMap(size)).isEqualTo(values);
    }

    private static FloatBuffer buffer(float... values) {
        return FloatBuffer.wrap(values);
    }
}
