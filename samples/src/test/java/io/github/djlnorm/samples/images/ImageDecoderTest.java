package io.github.djlnorm.samples.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 90, 127, 155, 254, 255})
    void grayLevelsAreThoseThatAreStored(int level) throws IOException {
        assertThat(first(PictureFiles.png(8, level))).isEqualTo(gray(level));
        assertThat(first(PictureFiles.png(8, level, 255))).isEqualTo(gray(level));
        assertThat(first(PictureFiles.png(16, 257 * level))).isEqualTo(gray(level));
        assertThat(first(PictureFiles.png(16, 257 * level, 65535))).isEqualTo(gray(level));
    }

    @Test
    void colorsOfSixteenBitsAreScaledToTheNearestOfEight() throws IOException {
        // 257 times the level, and 128 more or less, which is half a level but for one.
        int[] samples = {90 * 257 + 128, 155 * 257 - 128, 129};
        assertThat(first(PictureFiles.png(16, samples))).isEqualTo(new Color(90, 155, 1));
        int[] opaque = {90 * 257, 155 * 257, 257, 65535};
        assertThat(first(PictureFiles.png(16, opaque))).isEqualTo(new Color(90, 155, 1));
    }

    /** What is transparent to a half is half white: (90 * 51 + 255 * 204) / 255 = 222. */
    @Test
    void whatIsTransparentIsOnWhite() throws IOException {
        assertThat(first(PictureFiles.png(8, 90, 51))).isEqualTo(gray(222));
        assertThat(first(PictureFiles.png(16, 90 * 257, 51 * 257))).isEqualTo(gray(222));
        assertThat(first(PictureFiles.png(8, 90, 0, 255, 51))).isEqualTo(new Color(222, 204, 255));
        assertThat(first(PictureFiles.png(8, 10, 20, 30, 0))).isEqualTo(Color.WHITE);
    }

    /**
     * EXIF 2.3: for 1 to 8, row 0 of what is stored is seen as the top, top, bottom, bottom, left,
     * right, right and left, and column 0 as the left, right, right, left, top, top, bottom and
     * bottom.
     */
    @ParameterizedTest
    @CsvSource({
        "1, top, left", "2, top, right", "3, bottom, right", "4, bottom, left",
        "5, left, top", "6, right, top", "7, right, bottom", "8, left, bottom"
    })
    void photographsAreUpright(int orientation, String row, String column) throws IOException {
        BufferedImage stored = PictureFiles.plain(48, 32, 0xFFFFFF);
        for (int i = 0; i < 8 * 48; i++) {
            stored.setRGB(i % 48, i / 48, 0xFF0000);
        }
        for (int i = 0; i < 8 * 32; i++) {
            stored.setRGB(i / 32, i % 32, 0x0000FF);
        }
        byte[] jpeg = PictureFiles.withOrientation(PictureFiles.encode(stored, "jpg"), orientation);
        BufferedImage seen = decode("photo.jpg", jpeg);
        int width = orientation < 5 ? 48 : 32;
        assertThat(seen.getWidth()).isEqualTo(width);
        assertThat(seen.getHeight()).isEqualTo(80 - width);
        // The first row is red at its end, and the first column blue.
        assertThat(at(seen, row, opposite(column))).isEqualTo("red");
        assertThat(at(seen, column, opposite(row))).isEqualTo("blue");
        assertThat(at(seen, opposite(row), opposite(column))).isEqualTo("white");
    }

    @Test
    void printersColorsAreRead() throws IOException {
        // Pure yellow, black and paper; without a profile colors are those of a plain mixture.
        assertThat(average(decode("yellow.jpg", PictureFiles.cmykJpeg(0, 0, 255, 0))))
                .satisfies(
                        color -> {
                            assertThat(color.getRed()).isGreaterThan(200);
                            assertThat(color.getGreen()).isGreaterThan(200);
                            assertThat(color.getBlue()).isLessThan(80);
                        });
        assertThat(average(decode("black.jpg", PictureFiles.cmykJpeg(0, 0, 0, 255))).getRed())
                .isLessThan(60);
        assertThat(average(decode("paper.jpg", PictureFiles.cmykJpeg(0, 0, 0, 0))).getBlue())
                .isGreaterThan(240);
    }

    @Test
    void theFirstFrameOfAnAnimationIsRead() throws IOException {
        assertThat(first(PictureFiles.gif(0x00FF00, 0xFF0000, 0x0000FF)))
                .isEqualTo(new Color(0, 255, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "gif", "bmp"})
    void aTruncatedImageIsRefused(String format) throws IOException {
        byte[] content = PictureFiles.encode(PictureFiles.noise(64, 64), format);
        for (int length : new int[] {0, 1, content.length / 2, content.length * 9 / 10}) {
            Path file = folder.resolve(length + "." + format);
            Files.write(file, Arrays.copyOf(content, length));
            assertThatThrownBy(() -> ImageDecoder.decode(file))
                    .isInstanceOf(BadImage.class)
                    .hasMessage(
                            "cannot read image %s: remove it or save it again as JPEG or PNG",
                            file);
        }
    }

    @Test
    void aTooLargeImageIsRefusedBeforeMemoryGoes() throws IOException {
        Path file = PictureFiles.writeClaiming(folder.resolve("large.png"), 20_000, 20_000);
        assertThatThrownBy(() -> ImageDecoder.decode(file))
                .isInstanceOf(BadImage.class)
                .hasMessageStartingWith("image " + file + " has 20000x20000 pixels")
                .hasMessageEndingWith(": scale it down");
    }

    private Color first(byte[] content) throws IOException {
        return new Color(decode("image", content).getRGB(0, 0));
    }

    private BufferedImage decode(String name, byte[] content) throws IOException {
        return ImageDecoder.decode(Files.write(folder.resolve(name), content));
    }

    private static Color gray(int level) {
        return new Color(level, level, level);
    }

    private static Color average(BufferedImage image) {
        return new Color(image.getRGB(image.getWidth() / 2, image.getHeight() / 2));
    }

    private static String opposite(String side) {
        return switch (side) {
            case "top" -> "bottom";
            case "bottom" -> "top";
            case "left" -> "right";
            default -> "left";
        };
    }

    /** The color in the corner of two sides. */
    private static String at(BufferedImage image, String side, String other) {
        String sides = side + other;
        int x = sides.contains("left") ? 3 : image.getWidth() - 4;
        int y = sides.contains("top") ? 3 : image.getHeight() - 4;
        Color color = new Color(image.getRGB(x, y));
        if (color.getRed() > 180 && color.getBlue() > 180) {
            return "white";
        }
        return color.getRed() > color.getBlue() ? "red" : "blue";
    }
}
