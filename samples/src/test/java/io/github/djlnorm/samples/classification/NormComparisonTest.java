package io.github.djlnorm.samples.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.djlnorm.Norm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NormComparisonTest {

    private static final EpochReport FIRST = new EpochReport(1, 2.0, 0.2, 2.1, 0.95, 100);

    @Test
    void bestLastEpochComesFirst() {
        NormComparison comparison = compare();
        assertThat(comparison.rows())
                .extracting(NormComparison.Row::norm)
                .containsExactly(Norm.instance(), Norm.batch());
    }

    @Test
    void speedIsThatOfAllEpochsTogether() {
        // 100 images at 100/s and 100 at 300/s: 200 images in 4/3 seconds.
        assertThat(compare().rows().get(0).imagesPerSecond()).isCloseTo(150, within(1e-9));
    }

    @Test
    void sentenceNamesBothAndTheirDistance() {
        assertThat(compare().lines())
                .contains(
                        "At batch size 2 the net with instance classified 90.0% of the test images"
                                + " rightly, with batch 75.5%: 14.5 points apart.");
    }

    @Test
    void oneNormAloneIsNotComparedWithAnother() {
        NormComparison alone = NormComparison.of(Map.of(Norm.batch(), List.of(FIRST)), 4);
        assertThat(alone.lines()).noneMatch(line -> line.contains("apart"));
    }

    private static NormComparison compare() {
        Map<Norm, List<EpochReport>> trainings = new LinkedHashMap<>();
        trainings.put(Norm.batch(), List.of(FIRST, new EpochReport(2, 1.0, 0.6, 1.1, 0.755, 300)));
        trainings.put(Norm.instance(), List.of(FIRST, new EpochReport(2, 0.5, 0.8, 0.6, 0.9, 300)));
        return NormComparison.of(trainings, 2);
    }
}
