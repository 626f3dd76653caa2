package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComparisonTest {

    @Test
    void pageHasTwelveRowsAtMost() {
        assertThat(Comparison.allRows().filter(Row::onPage)).hasSizeBetween(8, 12);
    }

    @Test
    void rowOfThePageNeedsNoBaseline() {
        assertThat(Comparison.allRows().filter(Row::onPage))
                .noneMatch(row -> row.other().contestant().family() == Family.BASELINE);
    }

    @ParameterizedTest
    @EnumSource
    void groupHasRows(Group group) {
        assertThat(Comparison.allRows().map(row -> row.comparison().group())).contains(group);
    }

    @Test
    void labelsDiffer() {
        List<String> labels = Comparison.allRows().map(Row::label).toList();

        assertThat(labels).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8x64x32x32/32/channels-last",
                "8x64x32x32/channels-last",
                "1x8x4x4/8",
                "1x8x4x4"
            })
    void inputIsReadAsItWasWritten(String text) {
        assertThat(Input.parse(text)).hasToString(text);
    }

    @Test
    void inputHasGroupsAndMemory() {
        Input input = Input.parse("8x64x32x16/32/channels-last");

        assertThat(input.shape().getShape()).containsExactly(8, 64, 32, 16);
        assertThat(input.groups()).isEqualTo(32);
        assertThat(input.memory()).isEqualTo("channels-last");
        assertThat(Input.parse("8x64x32x16").memory()).isEqualTo("contiguous");
    }
}
