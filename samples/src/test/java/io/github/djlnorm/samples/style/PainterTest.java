package io.github.djlnorm.samples.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.images.BadImage;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PainterTest {

    private static final Path FILE = Path.of("photo.jpg");
    private static final long ENOUGH = 1L << 30;

    @ParameterizedTest
    @CsvSource({
        "none, 0, 200, 130",
        "batch, 1, 161, 203",
        "layer, 2, 255, 90",
        "rms, 1, 130, 8",
        "sync-batch, 0, 64, 67"
    })
    void tilesAreSeamless(String norm, int blocks, int width, int height) {
        try (Stylizer stylizer = stylizer(norm, blocks)) {
            BufferedImage image = image(width, height);
            BufferedImage whole = new Painter(stylizer, 1024, ENOUGH).paint(FILE, image);
            BufferedImage tiled = new Painter(stylizer, 64, ENOUGH).paint(FILE, image);
            assertThat(tiled.getWidth()).isEqualTo(width);
            assertThat(tiled.getHeight()).isEqualTo(height);
            assertThat(contrast(whole)).isGreaterThan(50);
            assertThat(largestDifference(tiled, whole)).isLessThanOrEqualTo(1);
        }
    }

    /** Its statistics would be those of a tile. */
    @Test
    void anInstancesStatisticsAreThoseOfTheWholeImage() {
        try (Stylizer stylizer = stylizer("instance", 0)) {
            BufferedImage image = image(96, 96);
            BufferedImage whole = new Painter(stylizer, 1024, ENOUGH).paint(FILE, image);
            BufferedImage other = new Painter(stylizer, 32, ENOUGH).paint(FILE, image);
            assertThat(largestDifference(other, whole)).isZero();
        }
    }

    /** A generator of 4 channels takes 64 + 4 * 20 = 144 bytes for each of 10,000 pixels. */
    @Test
    void whatMemoryDoesNotHoldIsRefusedByNameAndSize() {
        try (Stylizer stylizer = stylizer("group:2", 0)) {
            BufferedImage image = image(200, 50);
            new Painter(stylizer, 1024, 1_440_000).paint(FILE, image);
            Painter painter = new Painter(stylizer, 1024, 1_439_999);
            assertThatThrownBy(() -> painter.paint(FILE, image))
                    .isInstanceOf(BadImage.class)
                    .hasMessage(
                            "image photo.jpg has 200x50 pixels, for which a generator with group:2,"
                                    + " whose statistics are those of the whole image, takes 0.0"
                                    + " GB, of 0.0 here: scale it down or use a generator with"
                                    + " batch");
        }
    }

    /** A generator of small random weights, strengthened so that its images have contrast. */
    private static Stylizer stylizer(String norm, int blocks) {
        Stylizer stylizer = new Stylizer(new StylizerCard(Norm.parse(norm), 4, blocks));
        stylizer.model().getNDManager().getEngine().setRandomSeed(5);
        stylizer.model()
                .getBlock()
                .initialize(
                        stylizer.model().getNDManager(), DataType.FLOAT32, new Shape(1, 3, 32, 32));
        for (Parameter parameter : stylizer.model().getBlock().getParameters().values()) {
            if (parameter.getType() == Parameter.Type.WEIGHT) {
                parameter.getArray().muli(1.7f);
            }
        }
        return stylizer;
    }

    private static BufferedImage image(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        Random random = new Random(2);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, random.nextInt());
        }
        return image;
    }

    private static int contrast(BufferedImage image) {
        int least = 255;
        int most = 0;
        for (int x = 0; x < image.getWidth(); x++) {
            for (int y = 0; y < image.getHeight(); y++) {
                int level = image.getRGB(x, y) & 0xFF;
                least = Math.min(least, level);
                most = Math.max(most, level);
            }
        }
        return most - least;
    }

    private static int largestDifference(BufferedImage first, BufferedImage second) {
        int largest = 0;
        for (int x = 0; x < first.getWidth(); x++) {
            for (int y = 0; y < first.getHeight(); y++) {
                for (int shift = 0; shift < 24; shift += 8) {
                    int level = (first.getRGB(x, y) >> shift) & 0xFF;
                    int other = (second.getRGB(x, y) >> shift) & 0xFF;
                    largest = Math.max(largest, Math.abs(level - other));
                }
            }
        }
        return largest;
    }
}
