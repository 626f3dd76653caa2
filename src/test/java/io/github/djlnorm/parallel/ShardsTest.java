package io.github.djlnorm.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlnorm.Arrays64;
import io.github.djlnorm.Run;
import io.github.djlnorm.SyncBatchNorm;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Shards in threads, whose layers wait for each other, and what happens when one of them fails. */
@Timeout(120)
@OnPyTorch("autograd joins threads")
class ShardsTest {

    private static final Shape SHAPE = new Shape(2, 3, 5);

    @Managed private NDManager manager;

    private SyncBatchNorm layer() {
        SyncBatchNorm layer = SyncBatchNorm.builder().build();
        layer.initialize(manager, DataType.FLOAT32, SHAPE);
        return layer;
    }

    private NDList train(Block layer, NDList input) {
        return layer.forward(new ParameterStore(manager, false), input, true);
    }

    /** Shards that a net can tell by the number of their instances: 2, 3, 4 ... */
    private List<NDList> shards(int count) {
        List<NDList> shards = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            shards.add(new NDList(manager.randomNormal(new Shape(2 + i, 3, 5))));
        }
        return shards;
    }

    private static int number(NDList shard) {
        return (int) shard.head().getShape().get(0) - 2;
    }

    @Test
    void outputsComeInTheOrderOfTheShards() {
        List<NDList> outputs = Shards.forward(shards(4), shard -> shard);

        assertThat(outputs).extracting(ShardsTest::number).containsExactly(0, 1, 2, 3);
    }

    @Test
    void allShardsRunAtOnce() {
        CyclicBarrier barrier = new CyclicBarrier(5);

        List<NDList> outputs =
                Shards.forward(
                        shards(5),
                        shard -> {
                            await(barrier);
                            return shard;
                        });

        assertThat(outputs).hasSize(5);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void eachThreadRecordsIfTheCallingOneDoes() {
        NDArray weight = manager.ones(new Shape(1, 3, 5));
        weight.setRequiresGradient(true);
        UnaryOperator<NDList> net = shard -> new NDList(shard.head().mul(weight));
        List<NDList> unrecorded = Shards.forward(shards(2), net);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            List<NDList> recorded = Shards.forward(shards(2), net);

            assertThatThrownBy(() -> collector.backward(sum(unrecorded)))
                    .hasMessageContaining("does not require grad");
            collector.backward(sum(recorded));
        }
        assertThat(weight.getGradient().abs().sum().getFloat()).isPositive();
    }

    private static NDArray sum(List<NDList> outputs) {
        return outputs.get(0).head().sum().add(outputs.get(1).head().sum());
    }

    @Test
    void aBatchNeedsAShard() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Shards.forward(List.of(), shard -> shard))
                .withMessage(
                        "a batch must have shards: expected 1 or more, got 0; give at least one");
    }

    @Test
    void whatForwardLeavesBehindAreItsOutputsOnly() {
        SyncBatchNorm layer = layer();
        List<NDList> shards = shards(3);
        List<NDArray> before = manager.getManagedArrays();

        List<NDList> outputs = Shards.forward(shards, shard -> train(layer, shard));

        assertThat(manager.getManagedArrays()).hasSize(before.size() + 3);
        assertThat(outputs).noneMatch(output -> output.head().isReleased());
    }

    @Test
    void outputsBelongToTheScopeOfTheCaller() {
        List<NDList> outputs;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            SyncBatchNorm layer = layer();
            outputs = Shards.forward(shards(2), shard -> train(layer, shard));
        }

        assertThat(outputs).allMatch(output -> output.head().isReleased());
    }

    /** What one shard may do wrong, and what is said of it. */
    record Fault(String name, UnaryOperator<NDList> inShardOne, String message) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static Fault fault(String name, String message, UnaryOperator<NDList> inShardOne) {
        return new Fault(name, inShardOne, message);
    }

    static Stream<Fault> faults() {
        return Stream.of(
                fault(
                        "an exception",
                        "shard 1 of 3 failed: bad shard",
                        shard -> {
                            throw new IllegalArgumentException("bad shard");
                        }),
                fault(
                        "no memory",
                        "shard 1 of 3 failed: pretended",
                        shard -> {
                            throw new OutOfMemoryError("pretended");
                        }),
                fault(
                        "an error without a message",
                        "shard 1 of 3 failed: java.lang.StackOverflowError",
                        shard -> {
                            throw new StackOverflowError();
                        }),
                fault("nothing", "shard 1 of 3 failed: the net returned nothing", shard -> null),
                fault(
                        "other channels",
                        "the input must have the channels that the layer was initialized with",
                        shard -> new NDList(shard.head().get(":, :2"))));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void oneFailureIsOneErrorAndTheNextCallWorks(Fault fault) {
        SyncBatchNorm first = layer();
        SyncBatchNorm second = layer();
        for (int layersBefore = 0; layersBefore < 2; layersBefore++) {
            int before = layersBefore;
            assertFails(
                    fault.message,
                    shard -> {
                        NDList x = before == 0 ? shard : train(first, shard);
                        x = number(shard) == 1 ? fault.inShardOne.apply(x) : x;
                        return x == null ? null : train(second, x);
                    });
        }
        assertThat(Shards.forward(shards(3), shard -> train(second, shard))).hasSize(3);
    }

    private void assertFails(String message, UnaryOperator<NDList> net) {
        assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () ->
                        assertThatIllegalStateException()
                                .isThrownBy(() -> Shards.forward(shards(3), net))
                                .withMessageContaining(message));
    }

    @Test
    void aShardThatEndsEarlyIsToldOf() {
        SyncBatchNorm layer = layer();

        assertFails(
                "run the same layers on every shard",
                shard -> number(shard) == 1 ? shard : train(layer, shard));
    }

    @Test
    void shardsAtDifferentLayersAreToldOf() {
        SyncBatchNorm layer = layer();
        SyncBatchNorm other = layer();

        assertFails("at another layer", shard -> train(number(shard) == 1 ? other : layer, shard));
    }

    @Test
    void anotherShardIsNotWaitedForUntilItWakesUp() {
        assertFails(
                "shard 1 of 3 failed: bad shard",
                shard -> {
                    if (number(shard) == 1) {
                        throw new IllegalArgumentException("bad shard");
                    }
                    sleepForever();
                    return shard;
                });
    }

    private static void sleepForever() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anInterruptOfTheCallingThreadEndsAllShards() throws Exception {
        CountDownLatch running = new CountDownLatch(3);
        List<NDList> shards = shards(3);
        List<String> told = new ArrayList<>();
        Thread caller =
                new Thread(
                        () -> {
                            try {
                                Shards.forward(
                                        shards,
                                        shard -> {
                                            running.countDown();
                                            sleepForever();
                                            return shard;
                                        });
                            } catch (IllegalStateException e) {
                                told.add(e.getMessage());
                                told.add("interrupted: " + Thread.currentThread().isInterrupted());
                            }
                        });
        caller.start();
        running.await();
        caller.interrupt();
        caller.join();

        assertThat(told)
                .containsExactly(
                        "shard 0 of 3 failed: the calling thread was interrupted",
                        "interrupted: true");
    }

    @Test
    void oneValuePerChannelInAllShardsTogetherIsTooFew() {
        SyncBatchNorm layer = SyncBatchNorm.builder().build();
        layer.initialize(manager, DataType.FLOAT32, new Shape(2, 3));
        List<NDList> shards =
                List.of(
                        new NDList(manager.ones(new Shape(1, 3))),
                        new NDList(manager.ones(new Shape(0, 3))));

        assertThatIllegalStateException()
                .isThrownBy(() -> Shards.forward(shards, shard -> train(layer, shard)))
                .withMessage(
                        "shard 0 of 2 failed: the statistics need more than one value per channel:"
                                + " expected 2 or more values in the whole batch, got 1 value per"
                                + " channel; use a larger batch, or no normalization at this"
                                + " place");
    }

    @Test
    void oneInstanceInEachShardIsEnough() {
        SyncBatchNorm layer = SyncBatchNorm.builder().optEpsilon(0).build();
        layer.initialize(manager, DataType.FLOAT32, new Shape(2, 1));
        List<NDList> shards =
                List.of(
                        new NDList(manager.create(new float[] {1}, new Shape(1, 1))),
                        new NDList(manager.create(new float[] {5}, new Shape(1, 1))));

        List<NDList> outputs = Shards.forward(shards, shard -> train(layer, shard));

        assertThat(outputs.get(0).head().toFloatArray()).containsExactly(-1);
        assertThat(outputs.get(1).head().toFloatArray()).containsExactly(1);
        // 0.9 * 0 + 0.1 * 3, and 0.9 * 1 + 0.1 * 8, the unbiased variance, moved once
        assertThat(Run.values(layer, "runningMean")[0]).isCloseTo(0.3, within(1e-7));
        assertThat(Run.values(layer, "runningVar")[0]).isCloseTo(1.7, within(1e-7));
    }

    @Test
    void emptyShardsAloneMoveNothing() {
        SyncBatchNorm layer = layer();
        NDList empty = new NDList(manager.create(new Shape(0, 3, 5)));

        List<NDList> outputs = Shards.forward(List.of(empty, empty), shard -> train(layer, shard));

        assertThat(outputs.get(1).head().getShape()).isEqualTo(new Shape(0, 3, 5));
        assertThat(Run.values(layer, "runningMean")).containsExactly(0, 0, 0);
        assertThat(Run.values(layer, "runningVar")).containsExactly(1, 1, 1);
    }

    @Test
    void evaluationDoesNotWaitForOtherShards() {
        SyncBatchNorm layer = SyncBatchNorm.builder().optEpsilon(0).build();
        layer.initialize(manager, DataType.FLOAT32, SHAPE);
        ParameterStore store = new ParameterStore(manager, false);

        List<NDList> outputs =
                Shards.forward(
                        shards(2),
                        shard -> number(shard) == 0 ? shard : layer.forward(store, shard, false));

        assertThat(outputs).hasSize(2);
    }

    /** By hand: 1 instance with a loss of 2 and 3 with 4, 6 and 8 have a mean loss of 5. */
    @Test
    void theLossIsTheMeanOverAllInstances() {
        NDArray zeros = manager.zeros(new Shape(3, 1));
        List<NDList> labels =
                List.of(
                        new NDList(zeros.get(":1")),
                        new NDList(zeros.get(":0")),
                        new NDList(zeros));
        List<NDList> outputs =
                List.of(
                        new NDList(manager.create(new float[] {2}, new Shape(1, 1))),
                        new NDList(manager.create(new Shape(0, 1))),
                        new NDList(manager.create(new float[] {4, 6, 8}, new Shape(3, 1))));

        assertThat(Shards.loss(labels, outputs, Loss.l1Loss()).getFloat()).isEqualTo(5);
    }

    @Test
    void aLossNeedsLabels() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Shards.loss(List.of(), shards(2), Loss.l1Loss()))
                .withMessage(
                        "a loss needs the labels of each output: expected 2 shards of labels, not"
                                + " all of them empty, got 0 with 0 labels; split the labels as"
                                + " the data is split");
    }

    /** DJL's own trainer, with 7 instances in 3 shards and in one batch. */
    @Test
    void aTrainerTrainsAsWithTheWholeBatch() {
        double[] whole = trained(BatchNorm.builder().build(), 7);
        double[] sharded = trained(SyncBatchNorm.builder().build(), 2, 1, 4);

        for (int i = 0; i < whole.length; i++) {
            assertThat(sharded[i]).isCloseTo(whole[i], within(1e-5));
        }
    }

    private static double[] trained(Block norm, int... sizes) {
        Engine.getInstance().setRandomSeed(5);
        try (Model model = Model.newInstance("net")) {
            model.setBlock(
                    new SequentialBlock()
                            .add(Linear.builder().setUnits(6).build())
                            .add(norm)
                            .add(Linear.builder().setUnits(2).build()));
            Optimizer sgd = Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.1f)).build();
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()).optOptimizer(sgd);
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(7, 4));
                NDArray x = trainer.getManager().randomNormal(new Shape(7, 4));
                NDArray y = trainer.getManager().create(new float[] {0, 1, 1, 0, 1, 0, 0});
                for (int step = 0; step < 5; step++) {
                    step(trainer, split(x, sizes), split(y, sizes));
                }
                return model.getBlock().getParameters().values().stream()
                        .flatMapToDouble(p -> Arrays.stream(Arrays64.values(p.getArray())))
                        .toArray();
            }
        }
    }

    private static void step(Trainer trainer, List<NDList> shards, List<NDList> labels) {
        try (GradientCollector collector = trainer.newGradientCollector()) {
            List<NDList> outputs = Shards.forward(shards, trainer::forward);
            collector.backward(Shards.loss(labels, outputs, trainer.getLoss()));
        }
        trainer.step();
    }

    private static List<NDList> split(NDArray array, int... sizes) {
        List<NDList> shards = new ArrayList<>();
        long from = 0;
        for (int size : sizes) {
            shards.add(new NDList(array.get(from + ":" + (from + size))));
            from += size;
        }
        return shards;
    }
}
