package io.github.djlnorm.samples.style;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.classification.ModelCard;
import io.github.djlnorm.samples.data.Preprocessing;
import io.github.djlnorm.samples.nets.Net;
import io.github.djlnorm.testing.GarbageCollection;
import io.github.djlnorm.testing.Managed;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether all that autograd's graph of a loss holds is libtorch's own. */
class PerceptualLossGraphTest {

    private static final Shape IMAGES = new Shape(2, 3, 32, 32);

    @Managed private NDManager manager;

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
