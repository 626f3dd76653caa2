package io.github.djlnorm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.NoopTranslator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The layers inside DJL's own training and prediction. */
class TrainingTest {

    private static final Shape IMAGES = new Shape(4, 3, 8, 8);

    static Stream<Optimizer> optimizers() {
        Tracker rate = Tracker.fixed(0.02f);
        return Stream.of(
                Optimizer.sgd().setLearningRateTracker(rate).optMomentum(0.9f).build(),
                Optimizer.adam().optLearningRateTracker(rate).build(),
                Optimizer.adamW().optLearningRateTracker(rate).optWeightDecays(0.1f).build());
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void aTrainerLowersTheLossAndTrainsScaleAndShift(Optimizer optimizer) {
        Engine.getInstance().setRandomSeed(1);
        try (Model model = Model.newInstance("net")) {
            GroupNorm groupNorm = GroupNorm.builder().setNumGroups(4).build();
            model.setBlock(network(groupNorm));
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                            .optOptimizer(optimizer);
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(IMAGES);
                NDManager manager = trainer.getManager();
                NDArray images = manager.randomNormal(IMAGES);
                NDArray labels = manager.create(new int[] {0, 1, 0, 1});
                float[] gammaBefore = groupNorm.gamma.getArray().toFloatArray();

                float first = step(trainer, images, labels);
                float last = first;
                for (int i = 0; i < 15; i++) {
                    last = step(trainer, images, labels);
                }

                assertThat(last).isLessThan(first / 2);
                assertThat(groupNorm.gamma.getArray().toFloatArray()).isNotEqualTo(gammaBefore);
            }
        }
    }

    @Test
    void weightDecayDoesNotMoveRunningStatistics() {
        try (Model model = Model.newInstance("net")) {
            InstanceNorm layer =
                    InstanceNorm.builder()
                            .optScale(false)
                            .optTrackRunningStats(true)
                            .optMomentum(1)
                            .build();
            model.setBlock(network(layer));
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                            .optOptimizer(
                                    Optimizer.sgd()
                                            .setLearningRateTracker(Tracker.fixed(0.1f))
                                            .optWeightDecays(0.5f)
                                            .build());
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(IMAGES);
                NDManager manager = trainer.getManager();
                step(trainer, manager.randomNormal(IMAGES), manager.create(new int[] {0, 1, 0, 1}));

                assertThat(Run.values(layer, "runningVar")).containsOnly(1);
                assertThat(Run.values(layer, "beta")).isNotEqualTo(new double[8]);
            }
        }
    }

    @Test
    void manyThreadsPredictTheSame() throws Exception {
        try (Model model = Model.newInstance("net")) {
            model.setBlock(network(GroupNorm.builder().setNumGroups(2).build()));
            model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, IMAGES);
            float[] input = new float[(int) IMAGES.size()];
            for (int i = 0; i < input.length; i++) {
                input[i] = (float) Math.sin(i);
            }
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                float[] expected = threads.submit(() -> predict(model, input)).get();
                List<Callable<float[]>> calls = new ArrayList<>();
                for (int i = 0; i < 64; i++) {
                    calls.add(() -> predict(model, input));
                }
                for (Future<float[]> result : threads.invokeAll(calls)) {
                    assertThat(result.get()).isEqualTo(expected);
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    static Stream<Layers.Case> layers() {
        return Layers.all();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void manyThreadsGetTheSameFromOneLayer(Layers.Case layerCase) throws Exception {
        Shape shape = new Shape(4, 6, 6, 4);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDList inputs = layerCase.inputs(manager.randomNormal(shape));
            ChannelNorm layer = layerCase.make();
            layer.initialize(manager, DataType.FLOAT32, Layers.shapes(inputs));

            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                Callable<float[]> call =
                        () -> Run.forward(layer, inputs, Run.EVALUATION).toFloatArray();
                float[] expected = threads.submit(call).get();
                for (Future<float[]> result : threads.invokeAll(Collections.nCopies(64, call))) {
                    assertThat(result.get()).isEqualTo(expected);
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    private static float[] predict(Model model, float[] input) throws Exception {
        try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator());
                NDManager manager = NDManager.newBaseManager()) {
            NDList images = new NDList(manager.create(input, IMAGES));
            return predictor.predict(images).singletonOrThrow().toFloatArray();
        }
    }

    private static SequentialBlock network(ChannelNorm norm) {
        return new SequentialBlock()
                .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(8).build())
                .add(norm)
                .add(Activation.reluBlock())
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(2).build());
    }

    private static float step(Trainer trainer, NDArray images, NDArray labels) {
        try (GradientCollector collector = trainer.newGradientCollector()) {
            NDList predictions = trainer.forward(new NDList(images));
            NDArray loss = trainer.getLoss().evaluate(new NDList(labels), predictions);
            collector.backward(loss);
            trainer.step();
            return loss.getFloat();
        }
    }
}
