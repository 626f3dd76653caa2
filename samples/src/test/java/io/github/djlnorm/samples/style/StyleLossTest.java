package io.github.djlnorm.samples.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.samples.style.LossReport.Losses;
import io.github.djlnorm.testing.Managed;
import org.junit.jupiter.api.Test;

class StyleLossTest {

    @Managed private NDManager manager;

    @Test
    void distanceIsTheMeanSortedDifferenceByTheWantedDeviation() {
        NDArray values = array(new Shape(1, 1, 4), 0, 1, 2, 3);
        NDArray wanted = array(new Shape(1, 1, 4), 0, 2, 4, 6);
        // Differences 0, 1, 2, 3; the wanted values are 3 and 1 from their mean of 3.
        assertThat(StyleLoss.distance(values, wanted).getFloat())
                .isCloseTo((float) (6 / 4.0 / Math.sqrt(20 / 4.0 + 0.001)), within(1e-6f));
    }

    @Test
    void distanceComparesEachFilterOfEachImage() {
        NDArray values = array(new Shape(2, 2, 2), 0, 2, 0, 0, 1, 3, 0, 0);
        NDArray wanted = array(new Shape(1, 2, 2), 0, 2, 3, 3);
        // The first filter's variance is 1, the second's none.
        assertThat(StyleLoss.distance(values, wanted).getFloat())
                .isCloseTo(
                        (float) ((2 / Math.sqrt(1.001) + 4 * 3 / Math.sqrt(0.001)) / 8),
                        within(1e-3f));
    }

    @Test
    void fewerWantedValuesAreRepeated() {
        NDArray wanted = array(new Shape(1, 1, 3), 0, 4, 8);
        NDArray values = array(new Shape(1, 1, 5), 0, 4, 4, 8, 8);
        assertThat(StyleLoss.distance(values, wanted).getFloat()).isZero();
    }

    @Test
    void anImageHasItsOwnStyleAndNotThatOfADarkerOrACoarserOne() {
        NDArray image = manager.randomUniform(0, 1, new Shape(1, 3, 32, 32));
        assertThat(style(image, image)).isZero();
        assertThat(style(image, image.mul(0.5f))).isGreaterThan(0.1);
        assertThat(style(image, image.get(":, :, :16, :16").repeat(2, 2).repeat(3, 2)))
                .isGreaterThan(0.01);
    }

    @Test
    void theLossIsStyleAndContentByItsWeight() {
        NDArray style = manager.randomUniform(0, 1, new Shape(1, 3, 32, 32));
        NDArray contents = manager.randomUniform(0, 1, new Shape(2, 3, 32, 32));
        Losses losses = new StyleLoss(style, 3, false).of(contents, style.repeat(0, 2)).values();
        assertThat(losses.style()).isZero();
        assertThat(losses.content()).isPositive();
        assertThat(losses.total()).isCloseTo(3 * losses.content(), within(1e-5));
    }

    @Test
    void contentIsWhereAnImageIsLighterOrDarker() {
        // Brightness 0.2 and 0.4: 0.1 from their mean, with a variance of 0.01.
        double deviation = 0.1 / Math.sqrt(0.01 + 0.001);
        assertContent(false, -deviation, deviation);
    }

    @Test
    void contentWithItsContrastIsBrightnessInQuarters() {
        assertContent(true, 0.8, 1.6);
    }

    private void assertContent(boolean keepContrast, double left, double right) {
        NDArray image = stripes();
        NDArray content = new StyleLoss(image, 1, keepContrast).content(image);
        assertThat(content.getShape()).isEqualTo(new Shape(1, 1, 8, 8));
        for (int column = 0; column < 8; column++) {
            assertThat((double) content.getFloat(0, 0, 5, column))
                    .isCloseTo(column < 4 ? left : right, within(1e-5));
        }
    }

    private double style(NDArray style, NDArray image) {
        return new StyleLoss(style, 1, false).of(image, image).values().style();
    }

    /** Dark on the left, light on the right, with fine stripes, and more blue than red. */
    private NDArray stripes() {
        int size = 32;
        float[] pixels = new float[3 * size * size];
        for (int i = 0; i < pixels.length; i++) {
            int color = i / (size * size);
            int column = i % size;
            float brightness = column < size / 2 ? 0.2f : 0.4f;
            pixels[i] = brightness + (column % 2 == 0 ? -0.1f : 0.1f) + 0.1f * (color - 1);
        }
        return array(new Shape(1, 3, size, size), pixels);
    }

    private NDArray array(Shape shape, float... values) {
        return manager.create(values, shape);
    }
}
