package io.github.djlnorm.samples.style;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.CommandResult;
import io.github.djlnorm.samples.SpacedFolder;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.data.Pictures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StylizeTest {

    private static final StylizerCard CARD = new StylizerCard(Norm.group(2), 4, 1);

    // A space in the name, as home folders have.
    @TempDir(factory = SpacedFolder.class)
    private Path folder;

    @Test
    void quickModeTrainsGeneratorsWhoseLossFallsAndWhichPaintAnyImage() throws IOException {
        Path output = folder.resolve("output");
        CommandResult training =
                CommandResult.of(
                        "stylize", "--quick", "--seeds", "2", "--output", output.toString());
        assertThat(training.err()).isEmpty();
        assertThat(training.status()).isZero();
        assertThat(training.out())
                .contains("generator with instance, 4 channels", "generator with batch")
                .containsPattern("step +40  training: loss \\d\\.\\d{4}")
                .containsPattern("\\Rseed 2\\R")
                .containsPattern("batch +test( +\\d\\.\\d{4} \u00b10\\.\\d{4}){3}");
        assertThat(names(output))
                .containsExactlyInAnyOrder(
                        "grid.png",
                        "losses.csv",
                        "losses.png",
                        "summary.csv",
                        "stylizer-batch-0000.params",
                        "stylizer-instance-0000.params");
        List<String> losses = Files.readAllLines(output.resolve("losses.csv"));
        for (String curve :
                new String[] {"instance,1,%d,test", "instance,2,%d,test", "batch,2,%d,test"}) {
            assertThat(loss(losses, curve.formatted(40)))
                    .isLessThan(0.9 * loss(losses, curve.formatted(4)));
        }

        Path odd = write("odd.png", 37, 21);
        Path large = write("large.jpg", 300, 201);
        Path small = write("small.png", 30, 7);
        CommandResult painting =
                CommandResult.of(
                        "stylize",
                        "apply",
                        "--model",
                        output.resolve("stylizer-batch-0000.params").toString(),
                        "--output",
                        folder.resolve("painted").toString(),
                        odd.toString(),
                        small.toString(),
                        large.toString());
        // The good ones among bad ones are painted.
        assertRejected(painting, "image " + small + " has 30x7 pixels: give one of 8x8 or more");
        BufferedImage painted = read(folder.resolve("painted/odd-stylized.png"));
        assertThat(List.of(painted.getWidth(), painted.getHeight())).containsExactly(37, 21);
        assertThat(names(folder.resolve("painted")))
                .containsExactlyInAnyOrder("odd-stylized.png", "large-stylized.png");
    }

    @Test
    void styleAndContentsCanBeFiles() throws IOException {
        Path data = Pictures.write(folder.resolve("data"), 2, 1);
        CommandResult run =
                run(
                        data,
                        folder.resolve("output"),
                        "stylize",
                        "--data",
                        "DATA",
                        "--style",
                        write("style.png", 200, 150).toString(),
                        "--norm",
                        "group:2",
                        "--crop",
                        "32",
                        "--image-size",
                        "32",
                        "--steps",
                        "2",
                        "--width",
                        "2",
                        "--blocks",
                        "0");
        assertThat(run.err()).isEmpty();
        assertThat(folder.resolve("output/stylizer-group-2-0000.params")).isNotEmptyFile();
    }

    @Test
    void aLoadedGeneratorPaintsAsTheSavedOne() throws IOException {
        try (Stylizer saved = stylizer()) {
            saved.save(folder);
            try (Stylizer loaded = Stylizer.load(saved.file(folder));
                    NDManager manager = NDManager.newBaseManager()) {
                NDArray image = manager.randomUniform(0, 1, new Shape(1, 3, 9, 14));
                assertThat(loaded.apply(image)).isEqualTo(saved.apply(image));
                assertThat(loaded.card()).isEqualTo(CARD);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 60, 2000})
    void aDamagedGeneratorIsRefused(int position) throws IOException {
        Path file = save();
        byte[] content = Files.readAllBytes(file);
        content[position] ^= 1;
        Files.write(file, content);
        assertRefused(
                file + " is damaged or no model of this program: write one with 'stylize", file);
        Files.write(file, Arrays.copyOf(content, content.length / 2));
        assertRefused(file + " is damaged or no model of this program", file);
    }

    @Test
    void aClassifierIsNoGenerator() throws IOException {
        Path data = Pictures.write(folder.resolve("data"), 2, 1);
        String[] train = {"train", "--data", "DATA", "--epochs", "1"};
        assertThat(run(data, folder.resolve("classifier"), train).err()).isEmpty();
        Path file = folder.resolve("classifier").resolve(Classifier.FILE);
        assertRefused(file + " is damaged or no model of this program", file);
    }

    @Test
    void imagesThatWouldOverwriteEachOtherAreRefused() throws IOException {
        Path first = write("same.png", 20, 20);
        Path second = write("same.jpg", 20, 20);
        CommandResult run =
                CommandResult.of(
                        "stylize",
                        "apply",
                        "--model",
                        save().toString(),
                        first.toString(),
                        second.toString());
        assertRejected(run, first + " and " + second + " would both become");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--style clouds | no style 'clouds': use waves, mosaic, strokes or an image file",
                "--norm group-exact:5 | a generator of width 12 with group-exact:5: the number of"
                        + " groups must divide",
                "--image-size 31 | --image-size must be at least 32 but is 31",
                "--crop 31 | --crop must be from 32 to --image-size but is 31",
                "--crop 257 | --crop must be from 32 to --image-size but is 257",
                "--images 0 | --images must be at least 1 but is 0",
                "--steps 0 | --steps must be at least 1 but is 0",
                "--batch-size 0 | --batch-size must be at least 1 but is 0",
                "--width 0 | --width must be at least 1 but is 0",
                "--blocks -1 | --blocks must be at least 0 but is -1",
                "--content-weight 0 | --content-weight must be a number above 0 but is 0.0",
                "--learning-rate Infinity | --learning-rate must be a number above 0 but is",
                "--seeds 0 | --seeds must be at least 1 but is 0",
                "--threads 0 | --threads must be at least 1 but is 0",
                "apply --model nowhere a.png | no model nowhere: write one with 'stylize",
                "apply a.png | Missing required option: '--model=PATH'",
            })
    void wrongOptionIsNamed(String options, String message) {
        assertRejected(CommandResult.of(("stylize " + options).split(" ")), message);
    }

    @Test
    void aStripIsNoStyle() throws IOException {
        Path strip = write("strip.png", 90, 10);
        assertRejected(
                CommandResult.of("stylize", "--style", strip.toString()),
                "style image " + strip + " has 90x10 pixels: give one at most 8 times as long");
    }

    @Test
    void aDivergingTrainingIsStopped() throws IOException {
        Path data = Pictures.write(folder.resolve("data"), 2, 1);
        String[] options = {
            "stylize",
            "--data",
            "DATA",
            "--norm",
            "none",
            "--crop",
            "32",
            "--image-size",
            "32",
            "--width",
            "2",
            "--blocks",
            "0",
            "--steps",
            "5",
            "--learning-rate",
            "1e38"
        };
        assertRejected(
                run(data, folder.resolve("output"), options),
                "training diverged: lower the learning rate 1.0E38");
    }

    private static CommandResult run(Path data, Path output, String... args) {
        return CommandResult.of(
                Stream.concat(
                                Arrays.stream(args)
                                        .map(arg -> arg.equals("DATA") ? data.toString() : arg),
                                Stream.of("--output", output.toString()))
                        .toArray(String[]::new));
    }

    private Path save() throws IOException {
        try (Stylizer stylizer = stylizer()) {
            stylizer.save(folder);
            return stylizer.file(folder);
        }
    }

    private static Stylizer stylizer() {
        Stylizer stylizer = new Stylizer(CARD);
        stylizer.model()
                .getBlock()
                .initialize(
                        stylizer.model().getNDManager(), DataType.FLOAT32, new Shape(1, 3, 32, 32));
        return stylizer;
    }

    private Path write(String name, int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, i * 40503);
        }
        Path file = folder.resolve(name);
        ImageIO.write(image, name.substring(name.indexOf('.') + 1), file.toFile());
        return file;
    }

    private static BufferedImage read(Path file) throws IOException {
        return ImageIO.read(file.toFile());
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .toList();
        }
    }

    private static double loss(List<String> lines, String start) {
        String line = lines.stream().filter(l -> l.startsWith(start)).findFirst().orElseThrow();
        return Double.parseDouble(line.substring(line.lastIndexOf(',') + 1));
    }

    private static void assertRefused(String message, Path model) {
        assertRejected(
                CommandResult.of("stylize", "apply", "--model", model.toString(), "a.png"),
                message);
    }

    private static void assertRejected(CommandResult run, String message) {
        assertThat(run.err()).startsWith("Error: ").contains(message);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.status()).isEqualTo(2);
    }
}
