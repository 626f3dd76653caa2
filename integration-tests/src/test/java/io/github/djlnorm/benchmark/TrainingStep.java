package io.github.djlnorm.benchmark;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlnorm.internal.kernel.KernelChoice;
import java.util.List;
import java.util.stream.LongStream;

/** A training step of a classifier: forward, softmax cross entropy, backward, SGD. */
final class TrainingStep implements Call {

    static final float LEARNING_RATE = 0.01f;
    static final float MOMENTUM = 0.9f;

    private final Model model = Model.newInstance("benchmark", "PyTorch");
    private final Trainer trainer;
    private final NDArray images;
    private final NDList labels;

    TrainingStep(Trial trial, Block block) {
        model.setBlock(block);
        Optimizer sgd =
                Optimizer.sgd()
                        .setLearningRateTracker(Tracker.fixed(LEARNING_RATE))
                        .optMomentum(MOMENTUM)
                        .build();
        trainer =
                model.newTrainer(
                        new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                                .optOptimizer(sgd));
        Shape shape = trial.input().shape();
        trainer.initialize(shape);
        long[] classes = LongStream.range(0, shape.get(0)).map(n -> n % Net.CLASSES).toArray();
        images = trainer.getManager().create(Data.x(trial.input()), shape);
        labels = new NDList(trainer.getManager().create(classes));
    }

    @Override
    public void run() {
        numbers();
    }

    /** The loss, which a training loop reads too. */
    @Override
    public List<float[]> numbers() {
        // As in DJL's training loops, a batch has a manager, which takes its results along.
        try (NDManager batch = trainer.getManager().newSubManager()) {
            NDArray data = images.duplicate();
            data.attach(batch);
            NDArray loss;
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList outputs = trainer.forward(new NDList(data), labels);
                loss = trainer.getLoss().evaluate(labels, outputs);
                collector.backward(loss);
            }
            trainer.step();
            return List.of(loss.toFloatArray());
        }
    }

    @Override
    @SuppressWarnings("try") // a collector collects while it is open
    public String kernel() {
        NDArray weight = model.getBlock().getParameters().valueAt(0).getArray();
        try (GradientCollector collector = trainer.newGradientCollector()) {
            return KernelChoice.nameFor(images, weight, null);
        }
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
