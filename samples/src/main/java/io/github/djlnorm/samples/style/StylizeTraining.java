package io.github.djlnorm.samples.style;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import io.github.djlnorm.samples.classification.Optimization;
import io.github.djlnorm.samples.classification.TrainingDiverged;
import io.github.djlnorm.samples.cli.Console;
import io.github.djlnorm.samples.optimizers.OptimizerState;
import io.github.djlnorm.samples.style.LossReport.Losses;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;

/**
 * How a generator is trained: on the loss of images drawn at random.
 *
 * @param steps the number of training steps
 * @param batchSize the number of images in a step
 * @param crop width and height of the parts of images that a step sees, in pixels
 * @param learningRate the step size of Adam, that at the start of a cosine schedule
 * @param seed what initial parameters and the choice of images follow from
 */
record StylizeTraining(int steps, int batchSize, int crop, float learningRate, int seed) {

    private static final int REPORTS = 10;

    /**
     * Trains a generator.
     *
     * @param train the images to train with, of shape (N, 3, H, W)
     * @param test the images to test with, likewise
     * @throws TrainingDiverged if the loss is no number any more
     */
    List<LossReport> run(
            Stylizer stylizer,
            StyleLoss loss,
            NDArray train,
            NDArray test,
            Consumer<LossReport> reader) {
        Engine engine = Engine.getInstance();
        engine.setRandomSeed(seed);
        Random random = new Random(seed);
        List<LossReport> reports = new ArrayList<>();
        List<Losses> losses = new ArrayList<>();
        try (OptimizerState state = new OptimizerState();
                Trainer trainer = stylizer.model().newTrainer(config(engine, state));
                ProgressBar bar = Console.progressBar(stylizer.card().norm().toString(), steps)) {
            trainer.initialize(train.getShape());
            for (int step = 1; step <= steps; step++) {
                try (NDManager scratch = train.getManager().newSubManager()) {
                    losses.add(step(trainer, loss, batch(train, random, scratch)));
                }
                bar.step();
                if (step % Math.max(1, steps / REPORTS) == 0) {
                    LossReport report =
                            new LossReport(step, Losses.mean(losses), test(stylizer, loss, test));
                    losses.clear();
                    reports.add(report);
                    reader.accept(report);
                }
            }
        }
        return reports;
    }

    private DefaultTrainingConfig config(Engine engine, OptimizerState state) {
        Optimization optimization =
                new Optimization(
                        Optimization.Method.ADAM, learningRate, Optimization.Schedule.COSINE);
        // DJL asks for a loss on labels, of which there are none here.
        return new DefaultTrainingConfig(Loss.l2Loss())
                .optDevices(new Device[] {engine.defaultDevice()})
                .optOptimizer(optimization.newOptimizer(state, steps));
    }

    private NDArray batch(NDArray images, Random random, NDManager scratch) {
        int count = Math.toIntExact(images.size(0));
        int down = random.nextInt(Math.toIntExact(images.getShape().get(2)) - crop + 1);
        int across = random.nextInt(Math.toIntExact(images.getShape().get(3)) - crop + 1);
        NDArray chosen = scratch.create(random.ints(batchSize, 0, count).toArray());
        NDArray parts = images.get(":, :, {}:{}, {}:{}", down, down + crop, across, across + crop);
        parts.attach(scratch);
        NDArray batch = parts.get(chosen);
        batch.attach(scratch);
        return batch;
    }

    private Losses step(Trainer trainer, StyleLoss loss, NDArray contents) {
        Losses losses;
        try (GradientCollector collector = trainer.newGradientCollector()) {
            NDArray results = trainer.forward(new NDList(contents)).singletonOrThrow();
            StyleLoss.Terms terms = loss.of(contents, results);
            collector.backward(terms.total());
            losses = terms.values();
        }
        if (!Double.isFinite(losses.total())) {
            throw new TrainingDiverged(learningRate, null);
        }
        trainer.step();
        return losses;
    }

    /** One image at a time, which for a generator in evaluation mode makes no difference. */
    private static Losses test(Stylizer stylizer, StyleLoss loss, NDArray images) {
        List<Losses> losses = new ArrayList<>();
        for (int i = 0; i < images.size(0); i++) {
            try (NDManager scratch = images.getManager().newSubManager()) {
                NDArray content = images.get(i).expandDims(0);
                content.attach(scratch);
                losses.add(loss.of(content, stylizer.apply(content)).values());
            }
        }
        return Losses.mean(losses);
    }
}
