package io.github.djlnorm.samples.data;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.modality.cv.Image;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LandscapeImagesTest {

    @Test
    void scenesFollowFromTheSeedAndDiffer() {
        LandscapeImages scenes = LandscapeImages.draw(3, 1);
        LandscapeImages same = LandscapeImages.draw(3, 1);
        LandscapeImages other = LandscapeImages.draw(3, 2);
        assertThat(scenes.labels()).containsExactly(0, 0, 0);
        for (int i = 0; i < 3; i++) {
            assertThat(pixels(scenes.image(i)))
                    .isEqualTo(pixels(same.image(i)))
                    .isNotEqualTo(pixels(other.image(i)))
                    .isNotEqualTo(pixels(scenes.image((i + 1) % 3)));
        }
    }

    @Test
    void scenesAreLargeAndOfManyColors() {
        for (Image scene : LandscapeImages.draw(20, 1).images()) {
            assertThat(scene.getWidth()).isEqualTo(256);
            assertThat(scene.getHeight()).isEqualTo(256);
            assertThat(Arrays.stream(pixels(scene)).distinct().count()).isGreaterThan(500);
        }
    }

    private static int[] pixels(Image image) {
        BufferedImage pixels = (BufferedImage) image.getWrappedImage();
        return pixels.getRGB(0, 0, pixels.getWidth(), pixels.getHeight(), null, 0, 256);
    }
}
