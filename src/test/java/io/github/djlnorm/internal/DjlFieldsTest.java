package io.github.djlnorm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.BatchNorm;
import org.junit.jupiter.api.Test;

class DjlFieldsTest {

    @Test
    void optionsAreThoseThatTheBuilderWasGiven() {
        BatchNorm layer = BatchNorm.builder().optAxis(3).optEpsilon(0.5f).optScale(false).build();

        assertThat(DjlFields.axis(layer)).isEqualTo(3);
        assertThat(DjlFields.epsilon(layer)).isEqualTo(0.5f);
        assertThat(DjlFields.isAffine(layer)).isTrue();
        assertThat(DjlFields.isAffine(BatchNorm.builder().optScale(false).optCenter(false).build()))
                .isFalse();
    }

    @Test
    void childrenAreTheBlocksOwn() {
        SequentialBlock block = new SequentialBlock();
        DjlFields.children(block).add("added", new SequentialBlock());

        assertThat(block.getChildren().keys()).containsExactly("added");
    }

    @Test
    void aFieldThatAnotherDjlDoesNotHaveIsToldWithTheVersion() {
        assertThatThrownBy(() -> DjlFields.read(BatchNorm.class, "missing", null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageMatching(
                        "ai\\.djl\\.nn\\.norm\\.BatchNorm has no field missing in DJL [0-9.]+, as"
                                + " it has in DJL 0\\.32 to 0\\.36; use one of these");
    }
}
