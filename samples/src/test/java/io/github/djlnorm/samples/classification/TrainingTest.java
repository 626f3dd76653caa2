package io.github.djlnorm.samples.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.listener.TrainingListenerAdapter;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.translate.TranslateException;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.SpacedFolder;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.data.ImageData;
import io.github.djlnorm.samples.data.ImageFiles;
import io.github.djlnorm.samples.data.Pictures;
import io.github.djlnorm.samples.data.Preprocessing;
import io.github.djlnorm.samples.nets.Net;
import io.github.djlnorm.samples.optimizers.OptimizerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingTest {

    private static final Preprocessing PREPROCESSING = new Preprocessing(32);
    private static final Optimization ADAM =
            new Optimization(Optimization.Method.ADAM, 0.01f, Optimization.Schedule.CONSTANT);

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

    @ParameterizedTest
    @CsvSource({
        "convnet, none",
        "convnet, batch",
        "convnet, instance",
        "convnet, group:4",
        "resnet:8, group:8",
        "zoo-resnet:18, group:8"
    })
    void loadedModelPredictsAsTheTrainedOne(String net, String norm) throws Exception {
        try (Classifier trained = classifier(net, norm)) {
            train(trained, 3);
            trained.save(folder);
            try (Classifier loaded = Classifier.load(folder)) {
                assertThat(probabilities(loaded)).isEqualTo(probabilities(trained));
                assertThat(loaded.card().classes()).containsExactly("CIRCLE", "CROSS", "STAR");
            }
        }
    }

    @Test
    void sameSeedGivesSameNumbers() throws Exception {
        assertThat(accuracyAndLoss(5)).isEqualTo(accuracyAndLoss(5));
    }

    @Test
    void anotherSeedGivesOtherNumbers() throws Exception {
        assertThat(accuracyAndLoss(5)).isNotEqualTo(accuracyAndLoss(6));
    }

    @Test
    void everyDamagedByteOfAModelIsNoticed() throws Exception {
        try (Classifier classifier = classifier("convnet", "batch")) {
            train(classifier, 1);
            classifier.save(folder);
        }
        Path file = folder.resolve(Classifier.FILE);
        byte[] content = Files.readAllBytes(file);
        for (int position : new int[] {0, 40, content.length / 2, content.length - 1}) {
            byte[] damaged = content.clone();
            damaged[position] ^= 1;
            Files.write(file, damaged);
            assertRefused(file);
        }
        for (int length : new int[] {0, 7, content.length / 2, content.length - 1}) {
            Files.write(file, Arrays.copyOf(content, length));
            assertRefused(file);
        }
    }

    @Test
    void savingReplacesTheModelAndLeavesNothingElse() throws Exception {
        Path models = Files.createDirectories(folder.resolve("models"));
        // What a save that was cut off leaves behind.
        Path partial = Files.createDirectories(models.resolve(".partial"));
        Files.writeString(partial.resolve(Classifier.FILE), "cut off");
        try (Classifier classifier = classifier("convnet", "instance")) {
            train(classifier, 1);
            classifier.save(models);
            classifier.save(models);
            try (var files = Files.list(models)) {
                assertThat(files).containsExactly(models.resolve(Classifier.FILE));
            }
            Classifier.load(models).close();
        }
    }

    @Test
    void aCosineGoesOnWhereItWas() throws IOException {
        Optimization optimization =
                new Optimization(Optimization.Method.SGD, 0.4f, Optimization.Schedule.COSINE);
        // Half way down the wave the rate is half of that at the start. With a momentum of 1 from
        // 49 gradients of 0 and one of 1, a weight of 0 becomes minus the rate.
        try (Classifier classifier = classifier("convnet", "none");
                NDManager manager = NDManager.newBaseManager()) {
            NDArray weight = manager.zeros(new Shape(1));
            NDArray none = manager.zeros(new Shape(1));
            OptimizerState state = new OptimizerState();
            Optimizer first = optimization.newOptimizer(state, 100);
            for (int step = 1; step <= 49; step++) {
                first.update("weight", weight, none);
            }
            Block block = classifier.model().getBlock();
            OptimizerState saved = OptimizerState.decode(state.encode(block), block);
            optimization
                    .newOptimizer(saved, 100)
                    .update("weight", weight, manager.ones(new Shape(1)));
            assertThat(weight.getFloat()).isCloseTo(-0.2f, within(1e-6f));
        }
    }

    /** As a training that was cut off after the second of four epochs, and one that was not. */
    @ParameterizedTest
    @CsvSource({
        "ADAM, CONSTANT, convnet, group:4",
        "ADAM, COSINE, resnet:8, batch",
        "SGD, CONSTANT, resnet:8, group:4",
        "SGD, COSINE, convnet, batch"
    })
    void aResumedTrainingEqualsAnUninterruptedOne(
            Optimization.Method method, Optimization.Schedule schedule, String net, String norm)
            throws Exception {
        Training training = new Training(4, new Optimization(method, 0.01f, schedule), 7);
        List<float[]> expected;
        List<EpochReport> expectedReports;
        try (Classifier whole = classifier(net, norm)) {
            expectedReports = training.run(whole, images(), report -> {});
            expected = parameters(whole);
        }
        try (Classifier first = classifier(net, norm)) {
            assertThatThrownBy(() -> training.run(first, images(), report -> {}, stopAfter(2)))
                    .hasMessage("stopped");
            first.save(folder);
        }
        try (Classifier second = Classifier.load(folder)) {
            List<EpochReport> reports = training.run(second, images(), report -> {});
            assertThat(parameters(second)).usingRecursiveComparison().isEqualTo(expected);
            assertThat(reports)
                    .usingRecursiveComparison()
                    .ignoringFields("imagesPerSecond")
                    .isEqualTo(expectedReports);
        }
    }

    @Test
    void anotherOptimizerDoesNotGoOn() throws Exception {
        try (Classifier classifier = classifier("convnet", "none")) {
            train(classifier, 1);
            classifier.save(folder);
        }
        Optimization other =
                new Optimization(Optimization.Method.SGD, 0.01f, Optimization.Schedule.CONSTANT);
        try (Classifier classifier = Classifier.load(folder)) {
            assertThatThrownBy(
                            () -> new Training(2, other, 1).run(classifier, images(), report -> {}))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(
                            "the training to go on with has the optimizer adam, not sgd: give that"
                                    + " one");
            // As where weights were imported, to which no moments belong.
            classifier.forgetOptimizer();
            assertThat(new Training(2, other, 1).run(classifier, images(), report -> {}))
                    .hasSize(2);
        }
    }

    @Test
    void aHistoryOfThousandsOfEpochsIsSaved() throws Exception {
        try (Classifier classifier = classifier("convnet", "none")) {
            train(classifier, 1);
            for (int epoch = 2; epoch <= 3000; epoch++) {
                classifier.trained(new EpochReport(epoch, 1.0 / 3, 2.0 / 3, 0.1, 0.2, 1e6 / 7));
            }
            classifier.save(folder);
            try (Classifier loaded = Classifier.load(folder)) {
                assertThat(loaded.history()).isEqualTo(classifier.history());
            }
        }
    }

    private ImageData images() {
        return ImageData.folders(data, PREPROCESSING, 5, true);
    }

    private static TrainingListener stopAfter(int epochs) {
        return new TrainingListenerAdapter() {
            private int left = epochs;

            @Override
            public void onEpoch(Trainer trainer) {
                if (--left == 0) {
                    throw new IllegalStateException("stopped");
                }
            }
        };
    }

    private static List<float[]> parameters(Classifier classifier) {
        return classifier.model().getBlock().getParameters().values().stream()
                .map(parameter -> parameter.getArray().toFloatArray())
                .toList();
    }

    private static Classifier classifier(String net, String norm) {
        return new Classifier(
                new ModelCard(
                        Net.parse(net),
                        Norm.parse(norm),
                        List.of("CIRCLE", "CROSS", "STAR"),
                        PREPROCESSING));
    }

    private List<EpochReport> train(Classifier classifier, int seed)
            throws IOException, TranslateException {
        return new Training(1, ADAM, seed)
                .run(classifier, ImageData.folders(data, PREPROCESSING, 4, false), report -> {});
    }

    private List<Double> accuracyAndLoss(int seed) throws IOException, TranslateException {
        try (Classifier classifier = classifier("convnet", "group:4")) {
            EpochReport report = train(classifier, seed).get(0);
            return List.of(
                    report.trainLoss(),
                    report.trainAccuracy(),
                    report.testLoss(),
                    report.testAccuracy());
        }
    }

    private List<Double> probabilities(Classifier classifier) throws TranslateException {
        try (Predictor<Image, Classifications> predictor = classifier.newPredictor(3)) {
            return predictor.predict(ImageFiles.read(image)).getProbabilities();
        }
    }

    private static void assertRefused(Path file) {
        assertThatThrownBy(() -> Classifier.load(file).close())
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(file + " is damaged or no model of this program");
    }
}
