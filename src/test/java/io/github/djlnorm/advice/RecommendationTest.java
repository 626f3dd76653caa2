package io.github.djlnorm.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlnorm.Norm;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RecommendationTest {

    @ParameterizedTest
    @CsvSource({
        "IMAGE_CLASSIFICATION, 8, batch",
        "IMAGE_CLASSIFICATION, 7, group:32",
        "IMAGE_CLASSIFICATION, 1, group:32",
        "OBJECT_DETECTION, 2, group:32",
        "SEMANTIC_SEGMENTATION, 64, group:32",
        "STYLE_TRANSFER, 4, instance",
        "IMAGE_GENERATION, 64, instance",
        "TRANSFORMER, 8, layer:axis=-1",
        "LANGUAGE_MODEL, 1, rms:axis=-1",
    })
    void eachFamilyHasItsNorm(ModelFamily family, int batch, String norm) {
        assertThat(Recommendation.of(family, batch).norm()).hasToString(norm);
    }

    @Test
    void aPretrainedDetectorMayKeepItsBatchNormFrozen() {
        assertThat(Recommendation.of(ModelFamily.OBJECT_DETECTION, 2).alternatives())
                .isEqualTo(List.of(Norm.frozenBatch()));
    }

    @Test
    void theReasonTellsTheBatchSizeAndItsLimit() {
        assertThat(Recommendation.of(ModelFamily.IMAGE_CLASSIFICATION, 2).reason())
                .isEqualTo(
                        "2 images per device are too few for BatchNorm: below 8 its error rises");
    }

    @ParameterizedTest
    @EnumSource
    void everyRecommendationHasAReasonAndASourceWithAnAddress(ModelFamily family) {
        Recommendation recommendation = Recommendation.of(family, 2);

        assertThat(recommendation.reason()).isNotBlank();
        assertThat(recommendation.source()).contains("https://");
        assertThat(recommendation.alternatives()).doesNotContain(recommendation.norm());
    }

    @Test
    void aBatchSizeBelowOneIsRefused() {
        assertThatThrownBy(() -> Recommendation.of(ModelFamily.IMAGE_CLASSIFICATION, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the batch size per device must be positive");
    }
}
