package io.github.djlnorm.samples;

import ai.djl.Device;
import ai.djl.TrainingDivergedException;
import ai.djl.engine.Engine;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.DivergenceCheckTrainingListener;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * How a classifier is trained: on the cross-entropy.
 *
 * @param epochs the number of passes over the training images
 * @param optimization how its parameters follow the gradients
 * @param seed what initial parameters and the images' order follow from
 */
record Training(int epochs, Optimization optimization, int seed) {

    /**
     * Trains a classifier.
     *
     * @param reader is told about every epoch
     * @param listeners are called after every epoch's report
     * @throws TrainingDiverged if the loss is no number any more
     */
    List<EpochReport> run(
            Classifier classifier,
            ImageData data,
            Consumer<EpochReport> reader,
            TrainingListener... listeners)
            throws IOException, TranslateException {
        Engine engine = Engine.getInstance();
        engine.setRandomSeed(seed);
        EpochListener reports = new EpochListener(data.train().size(), reader);
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                        .optDevices(new Device[] {engine.defaultDevice()})
                        .optOptimizer(optimization.newOptimizer(updates(data)))
                        .optExecutorService()
                        .addEvaluator(new Accuracy())
                        .addTrainingListeners(
                                new EvaluatorTrainingListener(),
                                new DivergenceCheckTrainingListener(),
                                reports)
                        .addTrainingListeners(listeners);
        try (Trainer trainer = classifier.model().newTrainer(config)) {
            trainer.initialize(classifier.card().preprocessing().batchShape(1));
            EasyTrain.fit(trainer, epochs, data.train(), data.test());
        } catch (TrainingDivergedException e) {
            throw new TrainingDiverged(optimization.learningRate(), e);
        }
        return reports.reports();
    }

    private int updates(ImageData data) {
        return Math.toIntExact(epochs * data.batches());
    }
}
