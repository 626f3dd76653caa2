package io.github.djlnorm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.ConstantInitializer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlnorm.testing.OnPyTorch;
import io.github.djlnorm.weights.StateDict;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What no option, no freezing and no optimizer may train. */
class UntrainedTest {

    private static final Shape IMAGES = new Shape(2, 2, 1, 4);

    /** Each channel and instance is (1, 3, 1, 3), and each position (1, 1) or (3, 3). */
    private static final float[] VALUES = {1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3};

    static Stream<ChannelNorm> bare() {
        return Stream.of(
                GroupNorm.builder().setNumGroups(2).optScale(false).optCenter(false).build(),
                bareGroup(),
                InstanceNorm.builder().optScale(false).optCenter(false).build(),
                ChannelLayerNorm.builder().optScale(false).optCenter(false).build(),
                RMSNorm.builder().optScale(false).optAxis(1).build());
    }

    private static GroupNorm bareGroup() {
        return GroupNorm.builder()
                .groupsOfChannels(channels -> (int) channels)
                .optScale(false)
                .optCenter(false)
                .build();
    }

    @ParameterizedTest
    @MethodSource("bare")
    void whatIsOffIsNotThere(ChannelNorm layer) throws Exception {
        SequentialBlock around = new SequentialBlock().add(layer);
        around.setInitializer(new ConstantInitializer(7), parameter -> true);
        layer.freezeParameters(true);
        layer.freezeParameters(false);
        try (NDManager manager = NDManager.newBaseManager()) {
            assertThat(layer.isInitialized()).isFalse();
            train(around, step -> around.freezeParameters(false));

            assertThat(layer.isInitialized()).isTrue();
            assertThat(layer.getChannels()).isEqualTo(2);
            assertThat(layer.getParameters()).isEmpty();
            assertThat(StateDict.of(layer).tensors()).isEmpty();
            NDArray y = Run.forward(layer, manager.create(VALUES, IMAGES), Run.EVALUATION);
            // By hand: (1, 3) has mean 2 and deviation 1; (1, 1) has deviation 0, and root 1.
            float[] expected =
                    layer instanceof ChannelLayerNorm
                            ? new float[] {0, 0}
                            : layer instanceof RMSNorm ? new float[] {1, 1} : new float[] {-1, 1};
            for (int i = 0; i < VALUES.length; i++) {
                assertThat(y.toFloatArray()[i]).isCloseTo(expected[i % 2], within(1e-5f));
            }

            ByteArrayOutputStream file = new ByteArrayOutputStream();
            layer.saveParameters(new DataOutputStream(file));
            layer.loadParameters(
                    manager, new DataInputStream(new ByteArrayInputStream(file.toByteArray())));
            assertThat(layer.getChannels()).isEqualTo(2);
        }
    }

    @Test
    void groupsThatDependOnTheChannelsAreKnownWithoutParameters() {
        GroupNorm layer = bareGroup();
        try (NDManager manager = NDManager.newBaseManager()) {
            layer.initialize(manager, DataType.FLOAT32, IMAGES);
            assertThat(layer.getNumGroups()).isEqualTo(2);
        }
    }

    @Test
    void eitherOfScaleAndShiftMayBeAbsent() {
        assertThat(
                        GroupNorm.builder()
                                .setNumGroups(2)
                                .optScale(false)
                                .build()
                                .getParameters()
                                .keys())
                .containsExactly("beta");
        assertThat(InstanceNorm.builder().optCenter(false).build().getParameters().keys())
                .containsExactly("gamma");
    }

    static Stream<ChannelNorm> constants() {
        return Stream.of(
                FrozenBatchNorm.builder().build(),
                InstanceNorm.builder().optTrackRunningStats(true).optMomentum(1).build(),
                InstanceNorm.builder()
                        .optTrackRunningStats(true)
                        .optMomentum(1)
                        .optScale(false)
                        .optCenter(false)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("constants")
    @OnPyTorch("MXNet refuses a step while a graph is open")
    void unfreezingBeforeEachForwardCallDoesNotTrainConstants(ChannelNorm layer) {
        SequentialBlock around = new SequentialBlock().add(layer);
        train(around, step -> around.freezeParameters(step % 2 == 1));
        requireFresh(layer);
    }

    @ParameterizedTest
    @MethodSource("constants")
    void unfreezingTheLayerAtAnyTimeDoesNotTrainConstants(ChannelNorm layer) {
        SequentialBlock around = new SequentialBlock().add(layer);
        train(around, step -> layer.freezeParameters(false), step -> layer.freezeParameters(false));
        requireFresh(layer);
    }

    /** A trainer's first step asks for the gradients of all that is trained. */
    @ParameterizedTest
    @MethodSource("constants")
    @OnPyTorch("MXNet refuses a step while a graph is open")
    void unfreezingBeforeTheFirstStepDoesNotTrainConstants(ChannelNorm layer) {
        SequentialBlock around = new SequentialBlock().add(layer);
        train(
                around,
                step -> {},
                step -> {
                    if (step == 0) {
                        around.freezeParameters(false);
                    }
                });
        requireFresh(layer);
    }

    @ParameterizedTest
    @MethodSource("constants")
    void initializersForAllParametersDoNotReachConstants(ChannelNorm layer) {
        new SequentialBlock()
                .add(layer)
                .setInitializer(new ConstantInitializer(7), parameter -> true);
        try (NDManager manager = NDManager.newBaseManager()) {
            layer.initialize(manager, DataType.FLOAT32, IMAGES);
            requireFresh(layer);
            if (layer instanceof InstanceNorm norm && norm.isScale()) {
                assertThat(Run.values(layer, "gamma")).containsOnly(7);
            }
        }
    }

    private static void requireFresh(ChannelNorm layer) {
        boolean frozen = layer instanceof FrozenBatchNorm;
        for (Parameter parameter : layer.getParameters().values()) {
            double[] values = Arrays64.values(parameter.getArray());
            switch (parameter.getType()) {
                case RUNNING_MEAN -> assertThat(values).containsOnly(0);
                case RUNNING_VAR -> assertThat(values).containsOnly(1);
                case GAMMA -> assertThat(!frozen || values[0] == 1).isTrue();
                default -> assertThat(!frozen || values[0] == 0).isTrue();
            }
        }
    }

    private static void train(SequentialBlock layers, Consumer<Integer> beforeForward) {
        train(layers, beforeForward, step -> {});
    }

    private static void train(
            SequentialBlock layers, Consumer<Integer> beforeForward, Consumer<Integer> beforeStep) {
        Block net =
                new SequentialBlock()
                        .add(layers)
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(2).build());
        Optimizer adam =
                Optimizer.adam()
                        .optLearningRateTracker(Tracker.fixed(0.1f))
                        .optWeightDecays(1e-2f)
                        .build();
        // The model is not closed, since its arrays are looked at afterwards.
        Model model = Model.newInstance("net");
        model.setBlock(net);
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()).optOptimizer(adam);
        Trainer trainer = model.newTrainer(config);
        trainer.initialize(IMAGES);
        NDManager manager = trainer.getManager();
        for (int step = 0; step < 5; step++) {
            beforeForward.accept(step);
            NDArray images = manager.randomNormal(IMAGES);
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList predictions = trainer.forward(new NDList(images));
                collector.backward(predictions.singletonOrThrow().square().sum());
            }
            beforeStep.accept(step);
            trainer.step();
        }
    }
}
