package io.github.djlnorm.samples.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.images.PictureFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaskedFolderTest {

    @TempDir private Path folder;

    @BeforeEach
    void createFolders() throws IOException {
        Files.createDirectories(folder.resolve("images"));
        Files.createDirectories(folder.resolve("masks"));
    }

    @Test
    void numbersOfGrayMasksAreClasses() throws IOException {
        for (int i = 0; i < 7; i++) {
            image(i + ".jpg");
            mask(i + ".png", gray(0, 3, i == 6 ? 200 : 3));
        }
        SegmentationData data = MaskedFolder.read(folder);
        assertThat(data.classes()).containsExactly("0", "3", "200");
        assertThat(data.test().size()).isEqualTo(1);
        assertThat(data.train().size()).isEqualTo(6);
        Mask last = data.train().scene(5).mask();
        assertThat(new int[] {last.at(0, 0), last.at(1, 0), last.at(2, 0)})
                .containsExactly(0, 1, 2);
        assertThat(data.train().scene(0).image().getWidth()).isEqualTo(3);
    }

    /** As Pascal VOC has them: what is stored is a number, whatever color shows it. */
    @Test
    void numbersOfMasksWithAPaletteAreClasses() throws IOException {
        image("a.png");
        image("b.png");
        BufferedImage mask = new Mask(3, new byte[] {0, 7, 7}).picture();
        mask("a.png", mask);
        mask("b.png", mask);
        assertThat(MaskedFolder.read(folder).classes()).containsExactly("0", "7");
    }

    @Test
    void colorsOfMasksAreClasses() throws IOException {
        image("a.png");
        image("b.png");
        BufferedImage mask = PictureFiles.plain(3, 1, 0);
        mask.setRGB(2, 0, 0x80C0FF);
        mask("a.png", mask);
        mask("b.png", mask);
        SegmentationData data = MaskedFolder.read(folder);
        assertThat(data.classes()).containsExactly("#000000", "#80c0ff");
        assertThat(data.test().scene(0).mask().at(1, 0)).isZero();
        assertThat(data.test().scene(0).mask().at(2, 0)).isEqualTo(1);
    }

    @Test
    void whatDoesNotBelongTogetherIsRefused() throws IOException {
        assertRefused("images holds 0 images: give at least 2");
        image("a.png");
        image("b.png");
        mask("b.png", gray(0, 1, 1));
        mask("c.png", gray(0, 1, 1));
        assertRefused("only in images/ [a], only in masks/ [c]; give each image a mask");
        Files.delete(folder.resolve("masks/c.png"));
        mask("a.png", PictureFiles.plain(3, 2, 0));
        assertRefused("a.png has 3x1 pixels, its mask 3x2: give it a mask of its size");
        mask("a.png", PictureFiles.plain(3, 1, 0));
        assertRefused("hold 3 classes, from 0 to #000000: give from 2 to 256, either all as");
        mask("a.png", gray(1, 1, 1));
        mask("b.png", gray(1, 1, 1));
        assertRefused("hold 1 classes, from 1 to 1");
        Files.writeString(folder.resolve("masks/a.png"), "no picture");
        assertRefused("cannot read image " + folder.resolve("masks/a.png"));
        image("b.jpg");
        assertRefused("have the same name: remove one of them");
        Files.move(folder.resolve("masks"), folder.resolve("labels"));
        Files.delete(folder.resolve("images/b.jpg"));
        assertRefused("no folder " + folder.resolve("masks"));
    }

    /** As of a photograph that was saved in place of a mask. */
    @Test
    void aMaskOfManyColorsIsRefused() throws IOException {
        for (String name : new String[] {"a.png", "b.png"}) {
            BufferedImage noise = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
            for (int i = 0; i < 400; i++) {
                noise.setRGB(i % 20, i / 20, i);
            }
            ImageIO.write(noise, "png", folder.resolve("images").resolve(name).toFile());
            mask(name, noise);
        }
        assertRefused(
                "2 images cannot be used (mask " + folder.resolve("masks/a.png") + " has more");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> MaskedFolder.read(folder))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(message);
    }

    private void image(String name) throws IOException {
        String format = name.substring(name.length() - 3);
        byte[] content = PictureFiles.encode(PictureFiles.plain(3, 1, 0x336699), format);
        Files.write(folder.resolve("images").resolve(name), content);
    }

    private void mask(String name, BufferedImage mask) throws IOException {
        ImageIO.write(mask, "png", folder.resolve("masks").resolve(name).toFile());
    }

    private static BufferedImage gray(int... levels) {
        BufferedImage image = new BufferedImage(levels.length, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setPixels(0, 0, levels.length, 1, levels);
        return image;
    }
}
