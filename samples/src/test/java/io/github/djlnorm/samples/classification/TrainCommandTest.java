package io.github.djlnorm.samples.classification;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import io.github.djlnorm.samples.CommandResult;
import io.github.djlnorm.samples.SpacedFolder;
import io.github.djlnorm.samples.data.Pictures;
import io.github.djlnorm.samples.images.PictureFiles;
import io.github.djlnorm.weights.StateDict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainCommandTest {

    // A space in the name, as home folders have.
    @TempDir(factory = SpacedFolder.class)
    private Path folder;

    private Path data;
    private Path image;

    @BeforeEach
    void writeData() throws IOException {
        data = Pictures.write(folder.resolve("data"), 4, 2);
        image = data.resolve("test/STAR/0.png");
    }

    @Test
    void programTrainsAndPredicts() throws IOException {
        Path output = folder.resolve("output");
        CommandResult training =
                CommandResult.of(
                        "train",
                        "--data",
                        data.toString(),
                        "--norm",
                        "group:4",
                        "--batch-size",
                        "5",
                        "--epochs",
                        "2",
                        "--output",
                        output.toString());
        assertThat(training.err()).isEmpty();
        assertThat(training.status()).isZero();
        assertThat(training.out())
                .startsWith(
                        "convnet with group:4 at batch size 5 on "
                                + data
                                + ": 12 images, 6 to test with")
                .containsPattern(
                        "epoch  2  loss \\d+\\.\\d{4}  train accuracy [01]\\.\\d{4}"
                                + "  test accuracy [01]\\.\\d{4}  \\d+ images/s");
        assertThat(output.resolve("curves.png")).isNotEmptyFile();

        CommandResult prediction =
                CommandResult.of(
                        "predict",
                        "--model",
                        output.toString(),
                        "--top",
                        "2",
                        image.toString(),
                        data.resolve("test/CROSS/1.png").toString());
        assertThat(prediction.err()).isEmpty();
        assertThat(prediction.out().lines()).hasSize(2);
        assertThat(prediction.out())
                .containsPattern("STAR/0.png: [A-Z]+ 0\\.\\d{4}, [A-Z]+ 0\\.\\d{4}\\R");

        // The good ones among bad ones are predicted.
        Path missing = folder.resolve("missing.png");
        Path half = PictureFiles.writeHalf(folder.resolve("half.jpg"));
        CommandResult failure =
                CommandResult.of(
                        "predict",
                        "--model",
                        output.toString(),
                        missing.toString(),
                        half.toString(),
                        image.toString());
        assertThat(failure.out()).contains("STAR/0.png: ").hasLineCount(1);
        assertThat(failure.err().lines())
                .containsExactly(
                        "Error: 2 images cannot be used (cannot read image "
                                + half
                                + "; no such image file: "
                                + missing
                                + "): remove them or save them again as JPEG or PNG");
        assertThat(failure.status()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"weights.safetensors", "weights.NPZ"})
    void exportedWeightsAreTheModels(String name) throws IOException {
        Path output = folder.resolve("output");
        Path weights = folder.resolve(name);
        CommandResult run =
                CommandResult.of(
                        "train",
                        "--data",
                        data.toString(),
                        "--norm",
                        "group:4",
                        "--epochs",
                        "1",
                        "--output",
                        output.toString(),
                        "--export",
                        weights.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("weights: " + weights);
        try (Classifier classifier = Classifier.load(output);
                StateDict exported = StateDict.read(weights);
                NDManager manager = NDManager.newBaseManager()) {
            List<NDArray> expected =
                    classifier.model().getBlock().getParameters().values().stream()
                            .map(Parameter::getArray)
                            .toList();
            List<NDArray> actual = new ArrayList<>();
            for (String tensor : exported.tensors().keySet()) {
                actual.add(exported.get(tensor, manager));
            }
            assertThat(actual).isEqualTo(expected);
            // Five convolutions without bias, their norms, and a layer with bias.
            assertThat(actual).hasSize(5 + 5 * 2 + 2);
        }
    }

    @Test
    void aResumedTrainingGoesOnWithTheSavedModel() throws IOException {
        Path output = folder.resolve("output");
        String[] options = {
            "train",
            "--data",
            data.toString(),
            "--net",
            "resnet:8",
            "--augment",
            "--optimizer",
            "sgd",
            "--schedule",
            "cosine",
            "--output",
            output.toString()
        };
        assertThat(CommandResult.of(with(options, "--epochs", "1")).status()).isZero();

        CommandResult resumed = CommandResult.of(with(options, "--epochs", "2", "--resume"));
        assertThat(resumed.err()).isEmpty();
        assertThat(resumed.out()).contains("epoch  2 ").doesNotContain("epoch  1 ");

        CommandResult done = CommandResult.of(with(options, "--epochs", "2", "--resume"));
        assertThat(done.status()).isEqualTo(2);
        assertThat(done.err()).startsWith("Error: the model has had 2 epochs: give more --epochs");

        CommandResult other =
                CommandResult.of(with(options, "--epochs", "3", "--resume", "--norm", "batch"));
        assertThat(other.status()).isEqualTo(2);
        assertThat(other.err())
                .contains("holds another model, resnet:8 with group:8 for 3 classes at 32 pixels,")
                .contains("not resnet:8 with batch for 3 classes at 32 pixels: give the options");

        for (String split : List.of("train", "test")) {
            Path star = data.resolve(split).resolve("STAR");
            Files.move(star, star.resolveSibling("SUN"));
        }
        CommandResult renamed = CommandResult.of(with(options, "--epochs", "3", "--resume"));
        assertThat(renamed.status()).isEqualTo(2);
        assertThat(renamed.err())
                .contains("holds another model, of the classes [STAR], not [SUN]: give the images");
    }

    /**
     * 12 images in batches of 11: one is left over, with one value in each channel's deepest map.
     */
    @Test
    void batchNormStandsAnImageThatIsLeftOver() throws IOException {
        Path output = folder.resolve("output");
        CommandResult run =
                CommandResult.of(
                        "train",
                        "--data",
                        data.toString(),
                        "--net",
                        "resnet:8",
                        "--image-size",
                        "4",
                        "--norm",
                        "batch",
                        "--batch-size",
                        "11",
                        "--output",
                        output.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("epoch  3 ").doesNotContain("NaN");
        try (Classifier classifier = Classifier.load(output)) {
            for (Parameter parameter : classifier.model().getBlock().getParameters().values()) {
                assertThat(parameter.getArray().isNaN().any().getBoolean()).isFalse();
            }
        }
    }

    private static String[] with(String[] options, String... more) {
        return Stream.concat(Stream.of(options), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void programCompares() {
        Path output = folder.resolve("output");
        CommandResult run =
                CommandResult.of(
                        "compare",
                        "--data",
                        data.toString(),
                        "--norm",
                        "group:4,batch",
                        "--epochs",
                        "1",
                        "--output",
                        output.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains(
                        "convnet with group:4 at", "convnet with batch at batch size 2", "apart.");
        assertThat(output.resolve("curves.png")).isNotEmptyFile();
    }
}
