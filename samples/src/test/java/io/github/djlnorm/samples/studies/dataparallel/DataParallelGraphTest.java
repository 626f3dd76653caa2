package io.github.djlnorm.samples.studies.dataparallel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
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

/** Whether all that autograd's graph of a loss holds is libtorch's own. */
class DataParallelGraphTest {

    private static final Shape IMAGES = new Shape(2, 3, 32, 32);

    @Managed private NDManager manager;

    @ParameterizedTest
    @CsvSource({
        "convnet, group:8",
        "unpadded, instance",
        "resnet:8, batch",
        "resnet:8, sync-batch",
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
                    () -> DataParallelTraining.lossShare(trainer, images, labels, 3), variables);
        }
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
