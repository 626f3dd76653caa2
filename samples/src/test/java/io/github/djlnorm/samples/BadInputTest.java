package io.github.djlnorm.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.data.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadInputTest {

    @TempDir private Path folder;
    private Path data;

    @BeforeEach
    void writeData() throws IOException {
        data = Pictures.write(folder.resolve("data"), 2, 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train --norm weight | the norm must be a known one: expected one of none, batch,",
                "train --norm group: | the norm must be a known one: expected one of none, batch,",
                "train --norm group:0 | the number of a norm must be positive",
                "train --norm group-exact:7 | convnet with group-exact:7: the number of groups must"
                        + " divide the number of channels: expected a divisor of 32, got 7; use 4"
                        + " or 8",
                "compare --norm batch,group-exact:64 | convnet with group-exact:64: the number of"
                        + " groups must divide",
                "train --net vgg | unknown net 'vgg': use one of convnet, resnet:N with N = 8, 14,",
                "train --net resnet:18 | the number of layers must be 6n + 2",
                "train --batch-size 0 | --batch-size must be at least 1 but is 0",
                "compare --batch-size -2 | --batch-size must be at least 1 but is -2",
                "train --batch-size two | Invalid value for option '--batch-size'",
                "train --epochs 0 | --epochs must be at least 1 but is 0",
                "train --learning-rate 0 | --learning-rate must be a number above 0 but is 0.0",
                "train --learning-rate NaN | --learning-rate must be a number above 0 but is NaN",
                "train --image-size 8 | --image-size must be at least 32 for convnet but is 8",
                "train --net resnet:8 --image-size 3 | --image-size must be at least 4 for resnet:8"
                        + " but is 3",
                "batch-size-study --norm batch,instance | resnet:14 with instance: at 4x4 pixels its"
                        + " smallest feature map has one value per channel, and a mean of one value"
                        + " takes all away: leave out instance, or give a larger --image-size (see",
                "train --net resnet:8 --image-size 4 --norm group:64 | resnet:8 with group:64: at 4x4"
                        + " pixels its smallest feature map has one value per channel",
                "batch-size-study --batch-size 2,1 | resnet:14 with batch: at 4x4 pixels its smallest"
                        + " feature map has one value per channel, and a mean of one value takes all"
                        + " away: leave out batch, or give a larger --image-size or --batch-size",
                "batch-size-study --seeds 0 | --seeds must be at least 1 but is 0",
                "batch-size-study figure nowhere | nowhere is no study: give the --output of a",
                "batch-size-study figure | Missing required parameter: 'DIR'",
                "train --export w.pt | --export must be a name that ends with .safetensors or .npz but"
                        + " is w.pt",
                "train --export nowhere/w.npz | --export must be in a folder that exists but is"
                        + " nowhere/w.npz",
                "compare --threads 0 | --threads must be at least 1 but is 0",
                "train --speed 3 | Unknown options: '--speed', '3'; did you mean --seed? (see 'djl-norm"
                        + " train --help')",
                "batch-size-study --bacth-size=2 | Unknown option: '--bacth-size=2'; did you mean"
                        + " --batch-size?",
                "data-paralel --quick | did you mean data-parallel? (see 'djl-norm --help')",
                "compare --norm group:8,group:8 | --norm must be different ones but is [group:8,"
                        + " group:8]",
                "stylize --norm batch,batch | --norm must be different ones but is [batch, batch]",
                "data-parallel --norm batch,batch | --norm must be different ones",
                "batch-size-study --batch-size 2,4,2 | --batch-size must be different ones but is"
                        + " [2, 4, 2]",
                "compare --norm batch,gruop:8 | group:N, group-exact:N",
                "compare --norm batch,gruop:8 | ; did you mean group:8?",
                "train --net resnet20 | ; did you mean resnet:N?",
                "stylize aply --model m a.png | ; did you mean apply?",
                "lighting-study --seeds 0 | --seeds must be at least 1 but is 0",
                "lighting-study --images 0 | --images must be at least 1 but is 0",
                "lighting-study --epochs 0 | --epochs must be at least 1 but is 0",
                "lighting-study --norm batch,group-exact:5 | unpadded with group-exact:5: the number"
                        + " of groups must divide the number of channels: expected a divisor of 32",
                "lighting-study --image-size 15 | --image-size must be at least 16 for unpadded but"
                        + " is 15",
                "data-parallel --seeds 0 | --seeds must be at least 1 but is 0",
                "data-parallel --steps 0 | --steps must be at least 1 but is 0",
                "data-parallel --norm weight | the norm must be a known one",
                "predict --model m | Missing required parameter: 'IMAGE'",
                "predict a.png | Missing required option: '--model=PATH'",
                "predict --model m --top 0 a.png | --top must be at least 1 but is 0",
                "learn | Unmatched argument at index 0: 'learn' (see 'djl-norm --help')",
            })
    void wrongOptionIsNamed(String command, String message) {
        assertRejected(message, command.split(" "));
    }

    @Test
    void missingDataFolder() {
        Path missing = folder.resolve("missing");
        assertRejected(
                "no data folder " + missing + ": give one that holds train/ and test/",
                "train",
                "--data",
                missing.toString());
    }

    @Test
    void folderWithoutTrain() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertRejected(
                empty + " has no folder train/: put one folder of images per class there",
                "train",
                "--data",
                empty.toString());
    }

    @Test
    void folderWithoutTest() throws IOException {
        Files.move(data.resolve("test"), data.resolve("validation"));
        assertDataRejected(data + " has no folder test/");
    }

    @Test
    void trainWithoutClasses() throws IOException {
        Files.move(data.resolve("train"), folder.resolve("elsewhere"));
        Files.createDirectory(data.resolve("train"));
        assertDataRejected(
                data.resolve("train") + " is empty: put one folder of images per class there");
    }

    @Test
    void differentClasses() throws IOException {
        Files.move(data.resolve("test/STAR"), data.resolve("test/MOON"));
        assertDataRejected(
                "the class folders of "
                        + data
                        + " differ: only in train/ [STAR], only in test/ [MOON]; give both the"
                        + " same");
    }

    @Test
    void singleClass() throws IOException {
        Path single = folder.resolve("single");
        for (String split : new String[] {"train", "test"}) {
            Files.createDirectories(single.resolve(split));
            Files.move(data.resolve(split).resolve("STAR"), single.resolve(split).resolve("STAR"));
        }
        assertRejected(
                "only one class folder, [STAR], in "
                        + single.resolve("train")
                        + ": give at least two classes",
                "train",
                "--data",
                single.toString());
    }

    @Test
    void classWithoutImages() throws IOException {
        Path image = data.resolve("test/STAR/0.png");
        Files.move(image, image.resolveSibling("0.txt"));
        assertDataRejected("no images in " + image.getParent() + ": put some there (bmp, gif,");
    }

    @Test
    void imageThatIsText() throws IOException {
        Path image = data.resolve("train/STAR/text.jpg");
        Files.writeString(image, "not an image");
        assertDataRejected(
                "cannot read image " + image + ": remove it or save it again as JPEG or PNG");
    }

    @Test
    void truncatedTestImage() throws IOException {
        Path image = data.resolve("test/STAR/0.png");
        byte[] content = Files.readAllBytes(image);
        Files.write(image, Arrays.copyOf(content, content.length / 2));
        assertDataRejected("cannot read image " + image);
    }

    @Test
    void outputThatIsAFile() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertRejected(
                "cannot create folder " + file + ": give another one with --output",
                "train",
                "--data",
                data.toString(),
                "--output",
                file.toString());
    }

    @Test
    void missingModel() {
        assertRejected(
                "no model " + folder.resolve(Classifier.FILE) + ": write one with",
                "predict",
                "--model",
                folder.toString(),
                "a.png");
    }

    @Test
    void fileThatIsNoModel() {
        Path image = data.resolve("test/STAR/0.png");
        assertRejected(
                image + " is damaged or no model of this program: write one with",
                "predict",
                "--model",
                image.toString(),
                image.toString());
    }

    @Test
    void divergingTraining() {
        assertRejected(
                "training diverged: lower the learning rate 1.0E38",
                "train",
                "--data",
                data.toString(),
                "--norm",
                "none",
                "--batch-size",
                "2",
                "--learning-rate",
                "1e38",
                "--output",
                folder.resolve("out").toString());
    }

    @Test
    void fewerImagesThanABatchToSplit() {
        assertRejected(
                "6 images to train on are no batch of 32: give more with --data",
                "data-parallel",
                "--data",
                data.toString(),
                "--output",
                folder.resolve("out").toString());
    }

    private void assertDataRejected(String message) {
        assertRejected(message, "train", "--data", data.toString());
    }

    private static void assertRejected(String message, String... args) {
        CommandResult run = CommandResult.of(args);
        assertThat(run.err()).startsWith("Error: ").contains(message);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.status()).isEqualTo(2);
    }
}
