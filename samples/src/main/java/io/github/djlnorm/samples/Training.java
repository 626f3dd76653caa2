package io.github.djlnorm.samples;

import ai.djl.Device;
import ai.djl.TrainingDivergedException;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.DivergenceCheckTrainingListener;
import ai.djl.training.listener.EvaluatorTrainingListener;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * How a classifier is trained: Adam on the cross-entropy, with a constant learning rate.
 *
 * @param epochs the number of passes over the training images
 * @param learningRate the step size
 * @param seed what initial parameters and the images' order follow from
 */
record Training(int epochs, float learningRate, int seed) {

    /**
     * Trains a classifier.
     *
     * @param reader is told about every epoch
     * @param listeners are called after every epoch's report
     * @throws BadInputException if the loss is no number any more
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
                        .optOptimizer(
                                Adam.builder()
                                        .optLearningRateTracker(Tracker.fixed(learningRate))
                                        .build())
                        .optExecutorService()
                        .addEvaluator(new Accuracy())
                        .addTrainingListeners(
                                new EvaluatorTrainingListener(),
                                new DivergenceCheckTrainingListener(),
                                reports)
                        .addTrainingListeners(listeners);
        int size = classifier.card().preprocessing().imageSize();
        try (Trainer trainer = classifier.model().newTrainer(config)) {
            trainer.initialize(new Shape(1, 3, size, size));
            EasyTrain.fit(trainer, epochs, data.train(), data.test());
        } catch (TrainingDivergedException e) {
            throw new BadInputException(
                    "training diverged: lower the learning rate " + learningRate, e);
        }
        return reports.reports();
    }
}
