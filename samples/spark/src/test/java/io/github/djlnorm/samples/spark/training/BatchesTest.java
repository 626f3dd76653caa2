package io.github.djlnorm.samples.spark.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchesTest {

    private static final Batches BATCHES = new Batches(11, 4, 7);

    @Test
    void anEpochHasEachImageOnceButThoseThatAreLeftOver() {
        int[] epoch =
                IntStream.concat(Arrays.stream(BATCHES.of(2)), Arrays.stream(BATCHES.of(3)))
                        .toArray();

        assertThat(epoch).hasSize(8).doesNotHaveDuplicates();
        assertThat(Arrays.stream(epoch).allMatch(place -> place >= 0 && place < 11)).isTrue();
    }

    @Test
    void epochsHaveOrdersOfTheirOwnThatFollowFromTheSeed() {
        assertThat(BATCHES.of(0)).isSorted().isEqualTo(new Batches(11, 4, 7).of(0));
        assertThat(BATCHES.of(0)).isNotEqualTo(BATCHES.of(2));
        assertThat(BATCHES.of(0)).isNotEqualTo(new Batches(11, 4, 8).of(0));
    }
}
