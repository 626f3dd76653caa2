package io.github.djlnorm.samples.studies.lighting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.samples.data.Preprocessing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LightingTest {

    /** Values of 8 bits, worked out by hand: 0.8 * 102 is 81.6, and 0.2 * 255 is 51. */
    @ParameterizedTest
    @CsvSource({"0, 0, 102, 255", "-0.2, 0, 82, 204", "0.2, 51, 133, 255", "1, 255, 255, 255"})
    void veilMixesBlackOrWhite(double share, int black, int gray, int white) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray pixels = manager.create(new float[] {0, 102, 255}).div(255);
            float[] veiled = Lighting.veil(share).apply(pixels).mul(255).toFloatArray();
            assertThat(veiled).containsExactly(new float[] {black, gray, white}, within(1e-4f));
        }
    }

    @Test
    void levelsAreEquallySpacedAndReachFromBlackToWhite() {
        assertThat(Lighting.levels(3, 0.5))
                .containsExactly(
                        new Lighting(0.5, 0), new Lighting(0.5, 0.25), new Lighting(0.5, 0.5));
    }

    @Test
    void preprocessedImagesBecomePixelsAndBack() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Preprocessing preprocessing = new Preprocessing(1);
            // The mean of each color, and one standard deviation above that.
            NDArray images = manager.create(new float[] {0, 0, 0, 1, 1, 1}, new Shape(2, 3, 1, 1));
            NDArray pixels = preprocessing.pixels(images);
            assertThat(pixels.toFloatArray())
                    .containsExactly(
                            new float[] {0.485f, 0.456f, 0.406f, 0.714f, 0.68f, 0.631f},
                            within(1e-6f));
            assertThat(preprocessing.fromPixels(pixels).toFloatArray())
                    .containsExactly(images.toFloatArray(), within(1e-6f));
        }
    }
}
