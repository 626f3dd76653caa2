package io.github.djlnorm.samples.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.samples.style.LossReport.Losses;
import io.github.djlnorm.testing.Managed;
import java.util.List;
import org.junit.jupiter.api.Test;

class PerceptualLossTest {

    @Managed private NDManager manager;

    @Test
    void gramHoldsTheMeanProductsOfChannels() {
        NDArray features = array(new Shape(2, 2, 1, 2), 1, 2, 3, 4, 0, 0, 0, 2);
        assertThat(PerceptualLoss.gram(features).toFloatArray())
                .containsExactly(2.5f, 5.5f, 5.5f, 12.5f, 0, 0, 0, 2);
    }

    @Test
    void variationIsTheMeanSquareOfNeighborsDifferences() {
        NDArray image = array(new Shape(1, 1, 2, 3), 0, 1, 3, 2, 4, 8);
        // Down: 2, 3, 5. Across: 1, 2, 2, 4.
        assertThat(PerceptualLoss.variation(image).getFloat())
                .isCloseTo(38 / 3f + 25 / 4f, within(1e-5f));
    }

    @Test
    void lossIsContentByItsWeightAndStyleAndATenthOfVariation() {
        NDArray style = array(new Shape(1, 1, 1, 2), 2, 2);
        NDArray contents = array(new Shape(2, 1, 2, 2), 0, 0, 0, 0, 1, 1, 1, 1);
        NDArray results = array(new Shape(2, 1, 2, 2), 1, 1, 1, 1, 1, 1, 3, 3);
        Losses losses = new PerceptualLoss(new Plain(), style, 3).of(contents, results).values();
        // Content: squares 1, 1, 1, 1, 0, 0, 4, 4. Gram matrices: 4 for the style, and 1 and 5.
        assertThat(losses.content()).isCloseTo(1.5, within(1e-6));
        assertThat(losses.style()).isCloseTo((9 + 1) / 2.0 / 16, within(1e-6));
        // Variation: two steps of 2 among four down, none across.
        assertThat(losses.total()).isCloseTo(3 * 1.5 + 0.3125 + 0.1 * 2, within(1e-6));
    }

    @Test
    void aLayersStyleCountsByItselfWhateverItsScale() {
        NDArray style = array(new Shape(1, 1, 1, 2), 2, 2);
        NDArray image = array(new Shape(1, 1, 2, 2), 1, 1, 1, 1);
        FeatureNet layers =
                new Plain() {
                    @Override
                    public List<NDArray> style(NDArray images) {
                        return List.of(images, images.mul(100));
                    }
                };
        assertThat(new PerceptualLoss(layers, style, 1).of(image, image).values().style())
                .isCloseTo(9 / 16.0, within(1e-6));
    }

    @Test
    void aStyleWithoutFeaturesGivesANumber() {
        NDArray black = array(new Shape(1, 1, 1, 2), 0, 0);
        NDArray image = array(new Shape(1, 1, 2, 2), 0, 0, 0, 0);
        assertThat(new PerceptualLoss(new Plain(), black, 1).of(image, image).values().style())
                .isZero();
    }

    private NDArray array(Shape shape, float... values) {
        return manager.create(values, shape);
    }

    /** Sees the pixels themselves. */
    private static class Plain implements FeatureNet {

        @Override
        public List<NDArray> style(NDArray images) {
            return List.of(images);
        }

        @Override
        public NDArray content(NDArray images) {
            return images;
        }

        @Override
        public void close() {}
    }
}
