package io.github.djlnorm.samples.segmentation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MaskTest {

    private final Mask mask = new Mask(3, new byte[] {0, 1, 2, (byte) 200, 4, 5});

    @Test
    void scalingTakesTheClassAtEachPixelsMiddle() {
        assertThat(rows(mask)).containsExactly("0 1 2", "200 4 5");
        assertThat(rows(mask.scaled(6, 2))).containsExactly("0 0 1 1 2 2", "200 200 4 4 5 5");
        // The middles of two thirds of a column each lie at 0.75 and 2.25 columns.
        assertThat(rows(mask.scaled(2, 4))).containsExactly("0 2", "0 2", "200 5", "200 5");
        assertThat(rows(mask.scaled(1, 1))).containsExactly("4");
    }

    @Test
    void theArrayHoldsTheNumbers() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray array = mask.toArray(manager);
            assertThat(array.getShape()).isEqualTo(new Shape(2, 3));
            assertThat(array.toLongArray()).containsExactly(0, 1, 2, 200, 4, 5);
        }
    }

    @Test
    void scoresGiveTheClassOfTheLargestAtEachPixel() {
        try (NDManager manager = NDManager.newBaseManager()) {
            // Three classes at one row of two pixels.
            NDArray scores = manager.create(new float[] {1, 9, 3, 8, 2, 10}, new Shape(3, 1, 2));
            assertThat(rows(Mask.ofScores(scores))).containsExactly("1 2");
        }
    }

    @Test
    void thePictureStoresTheClassesAndShowsThemInDifferentColors() {
        BufferedImage picture = mask.picture();
        assertThat(picture.getRaster().getSamples(0, 0, 3, 2, 0, (int[]) null))
                .containsExactly(0, 1, 2, 200, 4, 5);
        int[] colors = picture.getRGB(0, 0, 3, 2, null, 0, 3);
        assertThat(colors).doesNotHaveDuplicates().startsWith(0xFF000000);
    }

    @Test
    void onAnImageTheFirstClassIsLeftAsItIs() {
        BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0x123456);
        BufferedImage marked = mask.over(image);
        assertThat(marked.getRGB(0, 0)).isEqualTo(0xFF123456);
        assertThat(marked.getRGB(1, 0)).isNotEqualTo(0xFF000000);
    }

    @Test
    void theSharesOfClassesAreTold() {
        Mask half = new Mask(2, new byte[] {0, 2, 2, 2});
        assertThat(half.describe(List.of("ground", "car", "tree")))
                .isEqualTo("ground 25.0 %, tree 75.0 %");
    }

    private static List<String> rows(Mask mask) {
        return IntStream.range(0, mask.height())
                .mapToObj(
                        y ->
                                IntStream.range(0, mask.width())
                                        .mapToObj(x -> Integer.toString(mask.at(x, y)))
                                        .collect(Collectors.joining(" ")))
                .toList();
    }
}
