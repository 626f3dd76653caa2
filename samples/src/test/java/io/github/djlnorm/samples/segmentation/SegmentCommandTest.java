package io.github.djlnorm.samples.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.CommandResult;
import io.github.djlnorm.samples.SpacedFolder;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.data.Pictures;
import io.github.djlnorm.samples.images.PictureFiles;
import io.github.djlnorm.samples.nets.Net;
import io.github.djlnorm.samples.studies.StudyRun;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SegmentCommandTest {

    // A space in the name, as home folders have.
    @TempDir(factory = SpacedFolder.class)
    private Path folder;

    @Test
    void quickModeTrainsNetsAndDrawsWhatTheyFind() throws IOException {
        Path output = folder.resolve("output");
        CommandResult run = run("segment", "--quick", "--output", output.toString());
        assertThat(run.out())
                .contains(
                        "unet:8:3 on drawn scenes at 48x48 pixels, 60 images, 60 to test",
                        "1 of 2: group:8 at batch size 1, seed 1",
                        "IoU (%), batch size 1         ground        circle         cross      triangle")
                .containsPattern("\\Rbatch \\(evaluation\\) +\\d+\\.\\d ± 0\\.0\\R")
                .containsPattern("\\Rbatch \\(training\\) +\\d+\\.\\d ± 0\\.0\\R");
        // Two nets, one of them in two modes, and four classes and their mean.
        List<String> numbers = Files.readAllLines(output.resolve("summary.csv"));
        assertThat(numbers).hasSize(1 + 3 * 5);
        // Statistics of single scenes give other masks than those that were learned.
        assertThat(meanIou(numbers, "batch (evaluation)"))
                .isNotEqualTo(meanIou(numbers, "batch (training)"));
        // Image, truth and three results, of four scenes.
        BufferedImage pictures = ImageIO.read(output.resolve("pictures.png").toFile());
        assertThat(pictures.getWidth()).isEqualTo(5 * 196);
        assertThat(pictures.getHeight()).isEqualTo(44 + 4 * 196);

        CommandResult again = run("segment", "--quick", "--output", output.toString());
        assertThat(again.out()).doesNotContain("epoch  1").contains(table(run.out()));
    }

    private static double meanIou(List<String> numbers, String norm) {
        return numbers.stream()
                .filter(line -> line.startsWith(norm + ",1,1,all,"))
                .mapToDouble(line -> Double.parseDouble(line.split(",", -1)[4]))
                .findFirst()
                .orElseThrow();
    }

    private static String table(String out) {
        return out.substring(out.indexOf("mean IoU"));
    }

    /** Gray images with a white half, whose mask tells the half: after some steps it is found. */
    @Test
    void aNetLearnsTheUsersMasksAndIsAppliedToAnyImage() throws IOException {
        Path data = halves(10);
        Path output = folder.resolve("output");
        run(
                "segment",
                "--data",
                data.toString(),
                "--norm",
                "group:4",
                "--image-size",
                "16",
                "--width",
                "4",
                "--depth",
                "1",
                "--epochs",
                "30",
                "--learning-rate",
                "0.01",
                "--output",
                output.toString());
        Path image = folder.resolve("large.png");
        ImageIO.write(half(50, 30, 20), "png", image.toFile());
        Path results = folder.resolve("results");
        CommandResult applied =
                run(
                        "segment",
                        "apply",
                        "--model",
                        output.resolve("group-4-batch1-seed1").toString(),
                        "--output",
                        results.toString(),
                        image.toString());
        assertThat(applied.out())
                .containsPattern("large-segmented\\.png: 0 \\d\\d\\.\\d %, 9 \\d\\d\\.\\d %\\R");
        BufferedImage mask = ImageIO.read(results.resolve("large-mask.png").toFile());
        assertThat(mask.getWidth()).isEqualTo(50);
        assertThat(mask.getHeight()).isEqualTo(30);
        assertThat(mask.getRaster().getSample(5, 15, 0)).isZero();
        assertThat(mask.getRaster().getSample(45, 15, 0)).isEqualTo(1);
        assertThat(results.resolve("large-segmented.png")).isNotEmptyFile();
    }

    /** What is stopped after the first epoch goes on to the same bits. */
    @Test
    void aStoppedTrainingGoesOnWhereItWas() throws IOException {
        List<String> options = new ArrayList<>(List.of("segment", "--norm", "group:4"));
        options.addAll(List.of("--data", halves(10).toString(), "--image-size", "16"));
        options.addAll(List.of("--width", "4", "--depth", "1", "--epochs", "2"));
        options.addAll(List.of("--learning-rate", "0.001", "--output"));
        Path whole = folder.resolve("whole");
        options.add(whole.toString());
        run(options.toArray(new String[0]));

        Path stopped = folder.resolve("stopped");
        StudyRun training = new StudyRun(Norm.group(4), 1, 1);
        Path model = stopped.resolve(training.fileName());
        RuntimeException stop = new IllegalStateException("stopped");
        SegmentTraining plan =
                new SegmentTraining(
                        MaskedFolder.read(folder.resolve("data")), Net.unet(4, 1), 16, 2, 0.001f);
        assertThatThrownBy(
                        () ->
                                plan.train(
                                        training,
                                        model,
                                        report -> {
                                            if (report.epoch() == 2) {
                                                throw stop;
                                            }
                                        }))
                .isSameAs(stop);
        options.set(options.size() - 1, stopped.toString());
        CommandResult resumed = run(options.toArray(new String[0]));
        assertThat(resumed.out()).contains("epoch  2").doesNotContain("epoch  1");
        assertThat(parameters(model)).isEqualTo(parameters(whole.resolve(training.fileName())));
    }

    private static List<FloatBuffer> parameters(Path model) throws IOException {
        try (Classifier classifier = Classifier.load(model)) {
            return classifier.model().getBlock().getParameters().values().stream()
                    .map(parameter -> FloatBuffer.wrap(parameter.getArray().toFloatArray()))
                    .toList();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "segment --depth 7 | --depth must be from 1 to 6 but is 7",
                "segment --image-size 15 | --image-size must be at least 16 for a depth of 3 but is 15",
                "segment --width 0 | --width must be at least 1 but is 0",
                "segment --norm group-exact:5 | a width of 8 with group-exact:5: the number of groups",
                "segment --norm batch,batch | --norm must be different ones",
                "segment --batch-size 1,0 | --batch-size must be at least 1 but is 0",
                "segment --learning-rate 0 | --learning-rate must be a number above 0",
                "segment --data nowhere | no folder nowhere/images: give one that holds images/ and",
                "segment apply --model nowhere a.png | no model nowhere: write one with 'segment",
                "segment apply --model m a/x.png b/x.jpg | a/x.png and b/x.jpg would both become",
                "train --net unet:8:3 | unknown net 'unet:8:3': use one of convnet"
            })
    void badInputIsRefusedInOneLine(String command, String message) {
        CommandResult run = CommandResult.of(command.split(" "));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains(message).hasLineCount(1);
    }

    @Test
    void aModelOfTheOtherKindIsRefused() throws IOException {
        Path segmenter = folder.resolve("segmenter");
        run("segment", "--quick", "--norm", "none", "--output", segmenter.toString());
        Path data = Pictures.write(folder.resolve("classes"), 2, 1);
        Path classifier = folder.resolve("classifier");
        run("train", "--data", data.toString(), "--epochs", "1", "--output", classifier.toString());
        String image = data.resolve("test/STAR/0.png").toString();

        CommandResult applied =
                CommandResult.of("segment", "apply", "--model", classifier.toString(), image);
        assertThat(applied.status()).isEqualTo(2);
        assertThat(applied.err()).contains("holds a model of 'train': give one of 'segment'");
        Path model = segmenter.resolve("group-8-batch1-seed1");
        CommandResult predicted = CommandResult.of("predict", "--model", model.toString(), image);
        assertThat(predicted.status()).isEqualTo(2);
        assertThat(predicted.err()).contains("holds a model of 'segment': give one of 'train'");
    }

    private static CommandResult run(String... arguments) {
        CommandResult run = CommandResult.of(arguments);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        return run;
    }

    /** Images that are white from a column on, which their masks, of 0 and 9, tell. */
    private Path halves(int count) throws IOException {
        Path data = folder.resolve("data");
        Files.createDirectories(data.resolve("images"));
        Files.createDirectories(data.resolve("masks"));
        for (int i = 0; i < count; i++) {
            int edge = 4 + i % 8;
            ImageIO.write(half(16, 16, edge), "png", data.resolve("images/" + i + ".png").toFile());
            BufferedImage mask = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
            for (int x = edge; x < 16; x++) {
                for (int y = 0; y < 16; y++) {
                    mask.getRaster().setSample(x, y, 0, 9);
                }
            }
            ImageIO.write(mask, "png", data.resolve("masks/" + i + ".png").toFile());
        }
        return data;
    }

    private static BufferedImage half(int width, int height, int edge) {
        BufferedImage image = PictureFiles.plain(width, height, 0x404040);
        for (int x = edge; x < width; x++) {
            for (int y = 0; y < height; y++) {
                image.setRGB(x, y, 0xF0F0F0);
            }
        }
        return image;
    }
}
