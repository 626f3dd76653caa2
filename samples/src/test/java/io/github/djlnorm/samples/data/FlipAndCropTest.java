package io.github.djlnorm.samples.data;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FlipAndCropTest {

    @Test
    void whatMovesInIsZero() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray image = manager.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(1, 2, 3));
            FlipAndCrop transform = new FlipAndCrop(1);
            assertThat(transform.moved(image, 1, 1).toFloatArray())
                    .containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(transform.moved(image, 0, 2).toFloatArray())
                    .containsExactly(0, 0, 0, 2, 3, 0);
            assertThat(transform.moved(image, 2, 0).toFloatArray())
                    .containsExactly(0, 4, 5, 0, 0, 0);
        }
    }

    @Test
    void everyPlaceAndBothSidesOccur() {
        SplittableRandom random = new SplittableRandom(1);
        Set<Integer> places = new HashSet<>();
        try (NDManager manager = NDManager.newBaseManager()) {
            // The middle pixel stands out, its right neighbor tells which side is which.
            float[] pixels = new float[25];
            pixels[12] = 2;
            pixels[13] = 1;
            NDArray image = manager.create(pixels, new Shape(1, 5, 5));
            for (int i = 0; i < 300; i++) {
                NDArray augmented = new FlipAndCrop(1).transform(image, random);
                int middle = (int) augmented.flatten().argMax().getLong();
                int side = augmented.flatten().getFloat(middle + 1) == 1 ? 1 : -1;
                assertThat(augmented.flatten().getFloat(middle + side)).isEqualTo(1);
                places.add(side * middle);
            }
        }
        assertThat(places)
                .containsExactlyInAnyOrder(
                        6, 7, 8, 11, 12, 13, 16, 17, 18, -6, -7, -8, -11, -12, -13, -16, -17, -18);
    }
}
