package io.github.djlnorm.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {

    private static final List<String> CHOICES =
            List.of("none", "batch", "group:N", "group-exact:N", "instance", "frozen-batch");

    @ParameterizedTest
    @CsvSource({
        "btach, batch",
        "batches, batch",
        "batchnorm, batch",
        "grup:4, group:4",
        "grup, group:N",
        "group8, group:N",
        "group-exakt:4, group-exact:4",
        "inst, instance",
        "fozen_batch, frozen-batch",
    })
    void theNearestIsSuggested(String unknown, String suggestion) {
        assertThat(Suggestion.of(unknown, CHOICES)).isEqualTo("; did you mean " + suggestion + "?");
    }

    /** What is far from all, or is known and wrong in something else. */
    @ParameterizedTest
    @CsvSource({"weight", "x", "group:many", "batch:2", "''"})
    void nothingElseIsSuggested(String unknown) {
        assertThat(Suggestion.of(unknown, CHOICES)).isEmpty();
    }

    /** By hand: one insertion, removal, replacement or swap each. */
    @ParameterizedTest
    @CsvSource({
        "norm, norm, 0",
        "nrm, norm, 1",
        "noorm, norm, 1",
        "nerm, norm, 1",
        "nrom, norm, 1",
        "'', norm, 4",
        "kitten, sitting, 3",
        "learn, train, 3",
    })
    void distanceIsTheNumberOfSlips(String from, String to, int distance) {
        assertThat(Suggestion.distance(from, to)).isEqualTo(distance);
        assertThat(Suggestion.distance(to, from)).isEqualTo(distance);
    }
}
