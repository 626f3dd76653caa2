package io.github.djlnorm.samples;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import io.github.djlnorm.Norm;
import io.github.djlnorm.testing.GarbageCollection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether all that autograd's graph of a loss holds is libtorch's own. */
class LossGraphTest {

    private static final Shape IMAGES = new Shape(2, 3, 32, 32);

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aGarbageCollectionLeavesGradientsOfALossByRandomFilters(boolean keepContrast) {
        try (RandomFilters net = new RandomFilters(1, keepContrast)) {
            checkPerceptualLoss(net);
        }
    }

    @ParameterizedTest
    @CsvSource({"convnet, batch", "resnet:8, group:8"})
    void aGarbageCollectionLeavesGradientsOfALossByAClassifier(String net, String norm) {
        Classifier classifier = classifier(net, norm);
        classifier
                .model()
                .getBlock()
                .initialize(classifier.model().getNDManager(), DataType.FLOAT32, IMAGES);
        try (ClassifierFeatures features = new ClassifierFeatures(classifier)) {
            checkPerceptualLoss(features);
        }
    }

    private void checkPerceptualLoss(FeatureNet net) {
        PerceptualLoss loss = new PerceptualLoss(net, images(), 0.6f);
        NDArray contents = images();
        NDArray results = images();
        results.setRequiresGradient(true);
        GarbageCollection.assertKeepsGradients(
                () -> loss.of(contents, results).total(), List.of(results));
    }

    @ParameterizedTest
    @CsvSource({
        "convnet, group:8",
        "unpadded, instance",
        "resnet:8, batch",
        "resnet:8, none",
        "zoo-resnet:18, batch",
        "zoo-resnet:18, group:8"
    })
    void aGarbageCollectionLeavesGradientsOfAClassifier(String net, String norm) {
        try (Classifier classifier = classifier(net, norm);
                Trainer trainer = trainer(classifier)) {
            trainer.initialize(IMAGES);
            NDArray images = images();
            NDArray labels = manager.create(new long[] {1, 0});
            List<NDArray> variables =
                    classifier.model().getBlock().getParameters().values().stream()
                            .filter(Parameter::requiresGradient)
                            .map(Parameter::getArray)
                            .toList();
            GarbageCollection.assertKeepsGradients(
                    () -> SplitTraining.lossShare(trainer, images, labels, 3), variables);
        }
    }

    @Test
    void aGarbageCollectionLeavesANumber() {
        NDArray x = images();
        x.setRequiresGradient(true);
        GarbageCollection.assertKeepsGradients(() -> Numbers.times(x, 0.3f), List.of(x));
    }

    private static Trainer trainer(Classifier classifier) {
        return classifier
                .model()
                .newTrainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()));
    }

    private static Classifier classifier(String net, String norm) {
        return new Classifier(
                new ModelCard(
                        Net.parse(net),
                        Norm.parse(norm),
                        List.of("a", "b"),
                        new Preprocessing(32)));
    }

    private NDArray images() {
        return manager.randomUniform(0, 1, IMAGES);
    }
}
