package io.github.djlnorm.samples.classification;

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
import ai.djl.translate.TranslateException;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.data.ImageData;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * How a classifier is trained: on the cross-entropy, after the epochs that it has had.
 *
 * @param epochs the number of passes over the training images in all
 * @param optimization how its parameters follow the gradients
 * @param seed what initial parameters and the images' order follow from
 */
public record Training(int epochs, Optimization optimization, int seed) {

    /**
     * Trains a classifier, which notes its epochs. One that was saved after some of them and loaded
     * goes on to the same numbers, bit by bit, as one that was not.
     *
     * @param reader is told about every epoch
     * @param listeners are called after every epoch's report
     * @throws TrainingDiverged if the loss is no number any more
     */
    public List<EpochReport> run(
            Classifier classifier,
            ImageData data,
            Consumer<EpochReport> reader,
            TrainingListener... listeners)
            throws IOException, TranslateException {
        int done = classifier.history().size();
        if (done >= epochs) {
            throw new BadInputException(
                    "the model has had %d epochs: give more --epochs than that".formatted(done));
        }
        Engine engine = Engine.getInstance();
        engine.setRandomSeed(seed);
        EpochListener reports =
                new EpochListener(
                        done + 1,
                        data.train().size(),
                        report -> {
                            classifier.trained(report);
                            reader.accept(report);
                        });
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(new CrossEntropy())
                        .optDevices(new Device[] {engine.defaultDevice()})
                        .optOptimizer(
                                optimization.newOptimizer(
                                        classifier.optimizerState(), epochs * data.batches()))
                        .optExecutorService()
                        .addEvaluator(new Accuracy("Accuracy", CrossEntropy.CLASS_AXIS))
                        .addTrainingListeners(
                                new EvaluatorTrainingListener(),
                                new DivergenceCheckTrainingListener(),
                                reports)
                        .addTrainingListeners(listeners);
        try (Trainer trainer = classifier.model().newTrainer(config)) {
            trainer.initialize(classifier.card().preprocessing().batchShape(1));
            for (int epoch = 0; epoch < done; epoch++) {
                // Draws the order that this epoch had, from which the next one's follows.
                data.train().getData(trainer.getManager());
            }
            for (int epoch = done; epoch < epochs; epoch++) {
                reports.begin();
                EasyTrain.fit(trainer, 1, data.train(), data.test());
            }
        } catch (TrainingDivergedException e) {
            throw new TrainingDiverged(optimization.learningRate(), e);
        }
        return classifier.history();
    }
}
