package io.github.djlnorm.samples.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShapeImagesTest {

    private static final int GRID = 100;

    @Test
    void equalSeedsDrawEqualImages() {
        assertThat(pixels(images(20, 5), 13)).isEqualTo(pixels(images(20, 5), 13));
    }

    @Test
    void imagesOfOneAndOfTwoSeedsAllDiffer() {
        Set<Integer> hashes = new HashSet<>();
        for (int seed : new int[] {5, 6}) {
            ShapeImages images = images(50, seed);
            IntStream.range(0, 50).forEach(i -> hashes.add(Arrays.hashCode(pixels(images, i))));
        }
        assertThat(hashes).hasSize(100);
    }

    @Test
    void everyClassHasAsManyImages() {
        ShapeImages images = images(50, 5);
        int[] counts = new int[10];
        images.labels().forEach(label -> counts[label]++);
        assertThat(counts).containsOnly(5);
        assertThat(ShapeKind.names()).hasSize(10).doesNotHaveDuplicates();
    }

    /** Two kinds that overlap almost wholly, in whatever turn, could not be told apart. */
    @ParameterizedTest
    @EnumSource
    void outlineIsUnlikeEveryOther(ShapeKind kind) {
        boolean[] mask = mask(kind, 0);
        for (ShapeKind other : ShapeKind.values()) {
            for (int degrees = 0; other != kind && degrees < 360; degrees += 15) {
                assertThat(overlap(mask, mask(other, degrees)))
                        .as("%s and %s turned by %s", kind, other, degrees)
                        .isLessThan(0.9);
            }
        }
    }

    private static ShapeImages images(int count, long seed) {
        return ShapeImages.draw(count, seed);
    }

    private static int[] pixels(ShapeImages images, int index) {
        BufferedImage image = (BufferedImage) images.image(index).getWrappedImage();
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    private static boolean[] mask(ShapeKind kind, int degrees) {
        Shape outline = kind.outline(AffineTransform.getRotateInstance(Math.toRadians(degrees)));
        boolean[] mask = new boolean[GRID * GRID];
        for (int i = 0; i < mask.length; i++) {
            int row = i / GRID;
            int column = i % GRID;
            mask[i] = outline.contains(3.0 * column / GRID - 1.5, 3.0 * row / GRID - 1.5);
        }
        return mask;
    }

    private static double overlap(boolean[] first, boolean[] second) {
        long both = IntStream.range(0, first.length).filter(i -> first[i] && second[i]).count();
        long any = IntStream.range(0, first.length).filter(i -> first[i] || second[i]).count();
        return (double) both / any;
    }
}
