package io.github.djlnorm.advice;

import static io.github.djlnorm.advice.ModelFamily.IMAGE_CLASSIFICATION;
import static io.github.djlnorm.advice.ModelFamily.IMAGE_GENERATION;
import static io.github.djlnorm.advice.ModelFamily.STYLE_TRANSFER;
import static io.github.djlnorm.advice.ModelFamily.TRANSFORMER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv2dTranspose;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.Norm;
import io.github.djlnorm.SyncBatchNorm;
import io.github.djlnorm.convolutional.ConvNorm;
import io.github.djlnorm.models.CifarResNet;
import io.github.djlnorm.models.ImageGenerator;
import io.github.djlnorm.testing.Managed;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdvisorTest {

    private static final Shape IMAGES = new Shape(4, 3, 8, 8);
    private static final int ENOUGH = 8;

    @Managed private NDManager manager;

    @Test
    void everyMistakeOfAModelThatHasThemAllIsFoundAtItsPlace() {
        Block frozen = initialized(batchNorm(), new Shape(4, 4, 8, 8));
        frozen.freezeParameters(true);
        Block net =
                new SequentialBlock()
                        .add(conv(true))
                        .add(new SequentialBlock().add(batchNorm()).add(Activation.reluBlock()))
                        .add(conv(false))
                        .add(InstanceNorm.builder().optTrackRunningStats(true).build())
                        .add(groupNorm(4))
                        .add(LayerNorm.builder().build())
                        .add(frozen)
                        .add(Pool.avgPool2dBlock(new Shape(8, 8)))
                        .add(batchNorm())
                        .add(InstanceNorm.builder().build())
                        .add(groupNorm(4));

        List<Finding> findings = check(net, new TrainingSetting(IMAGE_CLASSIFICATION, 3, 4));

        assertThat(findings)
                .extracting(Finding::path, Finding::rule)
                .containsExactly(
                        tuple("01Conv2d", Rule.REDUNDANT_BIAS),
                        tuple("02SequentialBlock/01BatchNorm", Rule.FEW_VALUES_PER_CHANNEL),
                        tuple("04InstanceNorm", Rule.INSTANCE_NORM_IN_CLASSIFIER),
                        tuple("04InstanceNorm", Rule.RUNNING_STATISTICS),
                        tuple("05GroupNorm", Rule.ONE_CHANNEL_PER_GROUP),
                        tuple("06LayerNorm", Rule.LAYER_NORM_PER_PIXEL),
                        tuple("07BatchNorm", Rule.FEW_VALUES_PER_CHANNEL),
                        tuple("07BatchNorm", Rule.FROZEN_STATISTICS_MOVE),
                        tuple("09BatchNorm", Rule.FEW_VALUES_PER_CHANNEL),
                        tuple("10InstanceNorm", Rule.INSTANCE_NORM_IN_CLASSIFIER),
                        tuple("10InstanceNorm", Rule.ONE_VALUE_PER_MEAN),
                        tuple("11GroupNorm", Rule.ONE_VALUE_PER_MEAN));
    }

    @Test
    void nothingIsFoundInTheSameModelWithoutTheMistakes() {
        Block net =
                new SequentialBlock()
                        .add(conv(false))
                        .add(new SequentialBlock().add(batchNorm()).add(Activation.reluBlock()))
                        .add(conv(false))
                        .add(groupNorm(2))
                        .add(LayerNorm.builder().axis(3).build())
                        .add(batchNorm())
                        .add(Pool.avgPool2dBlock(new Shape(8, 8)))
                        .add(batchNorm())
                        .add(groupNorm(2));

        assertThat(check(net, new TrainingSetting(IMAGE_CLASSIFICATION, ENOUGH))).isEmpty();
    }

    @Test
    void nothingIsFoundInTheModelsOfThisLibrary() {
        Block classifier =
                CifarResNet.builder()
                        .setNumLayers(8)
                        .setOutSize(10)
                        .setNorm(Norm.groupOfChannels(4))
                        .build();
        Block batched =
                CifarResNet.builder().setNumLayers(8).setOutSize(10).setNorm(Norm.batch()).build();
        Block generator =
                ImageGenerator.builder()
                        .setNorm(Norm.instance())
                        .optWidth(4)
                        .optResidualBlocks(1)
                        .build();
        Shape images = new Shape(1, 3, 32, 32);

        assertThat(check(classifier, images, new TrainingSetting(IMAGE_CLASSIFICATION, 2)))
                .isEmpty();
        assertThat(check(batched, images, new TrainingSetting(IMAGE_CLASSIFICATION, ENOUGH)))
                .isEmpty();
        assertThat(check(generator, images, new TrainingSetting(STYLE_TRANSFER, 1))).isEmpty();
    }

    @Test
    void fewValuesAreCountedOverTheBatchOfADeviceAndThePositions() {
        Block net = new SequentialBlock().add(batchNorm());
        initialized(net, new Shape(64, 5, 2, 2));

        assertThat(Advisor.check(net, new TrainingSetting(IMAGE_CLASSIFICATION, 3, 8)))
                .containsExactly(
                        new Finding(
                                "01BatchNorm",
                                Rule.FEW_VALUES_PER_CHANNEL,
                                "6 independent values per channel: batch 3 x 2 for the positions of"
                                        + " an image, which resemble each other; fewer than 8 cost"
                                        + " points of accuracy, and 2 come close to guessing; the"
                                        + " global batch of 24 does not help, for each of the 8"
                                        + " devices has its own statistics",
                                "use Norm.group(32), or NormConversion for a model that is there"
                                        + " already; or Norm.syncBatch() and Shards, with the"
                                        + " statistics of all devices"));
    }

    @Test
    void fewValuesOfASyncBatchNormAreCountedOverAllDevices() {
        Block net = new SequentialBlock().add(SyncBatchNorm.builder().build());
        initialized(net, new Shape(64, 5, 2, 2));

        assertThat(Advisor.check(net, new TrainingSetting(IMAGE_CLASSIFICATION, 1, 4))).isEmpty();
        assertThat(Advisor.check(net, new TrainingSetting(IMAGE_CLASSIFICATION, 1, 3)))
                .extracting(Finding::reason, Finding::suggestion)
                .containsExactly(
                        tuple(
                                "6 independent values per channel: batch 3 x 2 for the positions of"
                                        + " an image, which resemble each other; fewer than 8 cost"
                                        + " points of accuracy, and 2 come close to guessing",
                                "use Norm.group(32), or NormConversion for a model that is there"
                                        + " already"));
    }

    @Test
    void aFrozenSyncBatchNormStillMovesItsStatistics() {
        SyncBatchNorm layer = SyncBatchNorm.builder().build();
        Block net = new SequentialBlock().add(conv(true)).add(layer);
        initialized(net, new Shape(64, 5, 2, 2));
        layer.freezeParameters(true);

        assertThat(Advisor.check(net, new TrainingSetting(IMAGE_CLASSIFICATION, 64, 1)))
                .extracting(Finding::rule)
                .containsExactly(Rule.REDUNDANT_BIAS, Rule.FROZEN_STATISTICS_MOVE);
    }

    @ParameterizedTest
    @CsvSource({
        // The study of batch sizes at 4x4 pixels: 0.2, 1.7, 6.1 and 30.4 points lost.
        "16, 1, false",
        "8, 1, false",
        "4, 1, true",
        "2, 1, true",
        // At 8x8 pixels: 0, 1.0 and 2.1.
        "8, 4, false",
        "4, 4, false",
        "2, 4, true",
        // Wu and He, table 2, on ImageNet: 0.1, 1.2 and 11.1.
        "16, 49, false",
        "8, 49, false",
        "2, 49, true",
    })
    void fewValuesAreFoundWhereTheStudiesLoseAccuracy(int batch, int positions, boolean found) {
        List<Finding> findings =
                check(
                        new SequentialBlock().add(batchNorm()),
                        new Shape(1, 3, positions),
                        new TrainingSetting(IMAGE_CLASSIFICATION, batch));

        assertThat(findings)
                .extracting(Finding::rule)
                .allMatch(Rule.FEW_VALUES_PER_CHANNEL::equals);
        assertThat(!findings.isEmpty()).isEqualTo(found);
    }

    @Test
    void theNetOfTheStudyHasFewValuesInItsLastStageOnlyAndBelowEightImages() {
        Block net =
                CifarResNet.builder().setNumLayers(14).setOutSize(10).setNorm(Norm.batch()).build();
        initialized(net, new Shape(1, 3, 4, 4));

        assertThat(Advisor.check(net, new TrainingSetting(IMAGE_CLASSIFICATION, 8))).isEmpty();
        assertThat(Advisor.check(net, new TrainingSetting(IMAGE_CLASSIFICATION, 4)))
                .isNotEmpty()
                .allMatch(finding -> finding.reason().contains("batch 4 x 1 position;"));
    }

    @Test
    void theChannelsOfABatchNormMayBeOnAnotherAxis() {
        Block net = new SequentialBlock().add(BatchNorm.builder().optAxis(3).build());

        assertThat(
                        check(
                                net,
                                new Shape(1, 1, 1, 100),
                                new TrainingSetting(IMAGE_CLASSIFICATION, 7)))
                .singleElement()
                .extracting(Finding::reason)
                .asString()
                .startsWith("7 independent values per channel: batch 7 x 1 position; fewer than 8");
    }

    @Test
    void sixteenEqualFindingsAreSummedUp() {
        SequentialBlock net = new SequentialBlock();
        for (int i = 0; i < 16; i++) {
            net.add(conv(true)).add(batchNorm());
        }

        assertThat(check(net, new TrainingSetting(IMAGE_CLASSIFICATION, ENOUGH)))
                .hasSize(16)
                .asString()
                .isEqualToNormalizingNewlines(
                        """
                        redundant bias at 16 places

                        redundant bias: Ioffe and Szegedy, Batch Normalization, ICML 2015, section 3.2, https://arxiv.org/abs/1502.03167
                          the BatchNorm after it subtracts each channel's mean, and the bias with it; use optBias(false), as ConvNorm does
                            01Conv2d, 03Conv2d, 05Conv2d and 13 more""");
    }

    @Test
    void aFindingTellsWhatWhyWhatInsteadAndWhere() {
        Block net = new SequentialBlock().add(groupNorm(3));

        assertThat(check(net, new TrainingSetting(IMAGE_CLASSIFICATION, ENOUGH)).get(0).toString())
                .isEqualToNormalizingNewlines(
                        """
                        01GroupNorm: ONE_CHANNEL_PER_GROUP
                          3 groups for 3 channels: with one channel in each it is an InstanceNorm
                          use fewer groups, as Norm.groupOfChannels(16) does, or Norm.instance() if it is meant
                          Wu and He, Group Normalization, ECCV 2018, https://arxiv.org/abs/1803.08494""");
    }

    @Test
    void everyRuleHasASourceWithAnAddress() {
        for (Rule rule : Rule.values()) {
            assertThat(rule.source()).as(rule.name()).contains("https://");
        }
    }

    @Test
    void aBatchNormWithoutScaleAndShiftIsNotFrozen() {
        Block net =
                new SequentialBlock()
                        .add(BatchNorm.builder().optScale(false).optCenter(false).build());

        assertThat(check(net, new TrainingSetting(IMAGE_CLASSIFICATION, ENOUGH))).isEmpty();
    }

    @Test
    void aBatchNormOfWhichOnePartIsTrainedIsNotFrozen() {
        for (String part : List.of("gamma", "beta")) {
            Block net = initialized(new SequentialBlock().add(batchNorm()), IMAGES);
            net.getParameters().get("01BatchNorm_" + part).freeze(true);

            assertThat(Advisor.check(net, new TrainingSetting(IMAGE_CLASSIFICATION, ENOUGH)))
                    .isEmpty();
        }
    }

    @Test
    void aBiasIsRedundantAcrossNestedSequences() {
        Block transposed =
                Conv2dTranspose.builder().setKernelShape(new Shape(2, 2)).setFilters(4).build();
        Block net =
                new SequentialBlock()
                        .add(new SequentialBlock().add(conv(true)))
                        .add(new SequentialBlock().add(new SequentialBlock().add(groupNorm(2))))
                        .add(transposed)
                        .add(groupNorm(2));

        assertThat(check(net, new TrainingSetting(IMAGE_CLASSIFICATION, ENOUGH)))
                .extracting(Finding::path, Finding::reason)
                .containsExactly(
                        tuple(
                                "01SequentialBlock/01Conv2d",
                                "the GroupNorm after it has a shift of its own for each channel"),
                        tuple(
                                "03Conv2dTranspose",
                                "the GroupNorm after it has a shift of its own for each channel"));
    }

    @Test
    void aBiasIsNotRedundantIfSomethingElseSeesIt() {
        SequentialBlock intermediate = new SequentialBlock().add(conv(true)).add(batchNorm());
        intermediate.setReturnIntermediate(true);
        Block activated =
                new SequentialBlock().add(conv(true)).add(Activation.reluBlock()).add(batchNorm());
        Block summed =
                new SequentialBlock()
                        .add(
                                new ParallelBlock(
                                        outputs -> outputs.get(0),
                                        List.of(
                                                new SequentialBlock().add(conv(true)),
                                                Blocks.identityBlock())))
                        .add(batchNorm());
        Block shiftless =
                new SequentialBlock()
                        .add(conv(true))
                        .add(GroupNorm.builder().setNumGroups(2).optCenter(false).build());

        for (Block net : List.of(intermediate, activated, summed, shiftless)) {
            assertThat(check(net, new TrainingSetting(IMAGE_CLASSIFICATION, ENOUGH))).isEmpty();
        }
    }

    @Test
    void aConvNormHasNoRedundantBiasUnlessItIsToldTo() {
        ConvNorm.Builder builder =
                ConvNorm.builder()
                        .setKernelShape(new Shape(3, 3))
                        .setFilters(4)
                        .setNorm(Norm.group(2));

        assertThat(check(builder.build(), new TrainingSetting(IMAGE_CLASSIFICATION, ENOUGH)))
                .isEmpty();
        assertThat(
                        check(
                                builder.optBias(true).build(),
                                new TrainingSetting(IMAGE_CLASSIFICATION, ENOUGH)))
                .extracting(Finding::path, Finding::rule)
                .containsExactly(tuple("01Conv2d", Rule.REDUNDANT_BIAS));
    }

    @Test
    void anInstanceNormIsRightInAGenerator() {
        Block net = new SequentialBlock().add(InstanceNorm.builder().build());

        assertThat(check(net, new TrainingSetting(IMAGE_GENERATION, 1))).isEmpty();
    }

    @Test
    void anInputWithoutTheBatchAxisIsOneInstance() {
        Block net = new SequentialBlock().add(InstanceNorm.builder().optSpatialDims(2).build());
        TrainingSetting setting = new TrainingSetting(STYLE_TRANSFER, 1);

        assertThat(check(net, new Shape(4, 2, 2), setting)).isEmpty();
        assertThat(check(net, new Shape(4, 1, 1), setting))
                .extracting(Finding::rule)
                .containsExactly(Rule.ONE_VALUE_PER_MEAN);
    }

    @Test
    void aLayerNormOverImagesHasAParameterForEachPixel() {
        Block net = new SequentialBlock().add(LayerNorm.builder().build());

        assertThat(check(net, new TrainingSetting(IMAGE_GENERATION, 1)))
                .extracting(Finding::reason)
                .containsExactly(
                        "gamma and beta have 192 values each, of shape (3, 8, 8), and fit images"
                                + " of one size only");
    }

    @Test
    void aClassifierWithInstanceNormIsToldWhatSuitsItsBatch() {
        Block net = new SequentialBlock().add(InstanceNorm.builder().build());

        assertThat(check(net, new TrainingSetting(IMAGE_CLASSIFICATION, 2)))
                .extracting(Finding::suggestion)
                .containsExactly("use Norm.parse(\"group:32\")");
    }

    @Test
    void aLayerNormOfSequencesIsRight() {
        Block tokens = new SequentialBlock().add(LayerNorm.builder().build());
        Block heads = new SequentialBlock().add(LayerNorm.builder().build());

        assertThat(
                        check(
                                tokens,
                                new Shape(2, 7, 8),
                                new TrainingSetting(IMAGE_CLASSIFICATION, ENOUGH)))
                .isEmpty();
        assertThat(check(heads, new Shape(2, 4, 7, 8), new TrainingSetting(TRANSFORMER, 1)))
                .isEmpty();
    }

    @Test
    void aBatchNormAfterALinearLayerHasOneValueForEachInstance() {
        Block net =
                new SequentialBlock().add(Linear.builder().setUnits(4).build()).add(batchNorm());

        assertThat(check(net, new Shape(1, 3), new TrainingSetting(IMAGE_CLASSIFICATION, 7)))
                .extracting(Finding::rule)
                .containsExactly(Rule.FEW_VALUES_PER_CHANNEL);
        assertThat(check(net, new Shape(1, 3), new TrainingSetting(IMAGE_CLASSIFICATION, 8)))
                .isEmpty();
    }

    @Test
    void aModelThatIsNotInitializedIsRefused() {
        Block net = new SequentialBlock().add(batchNorm());
        TrainingSetting setting = new TrainingSetting(IMAGE_CLASSIFICATION, 2);

        assertThatThrownBy(() -> Advisor.check(net, setting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "advice needs the shapes of a model's inputs: expected an initialized"
                                + " model, got one that is not; call initialize first, with a batch"
                                + " such as (32, 3, 224, 224)");
    }

    @Test
    void aSettingWithoutBatchOrDevicesIsRefused() {
        assertThatThrownBy(() -> new TrainingSetting(IMAGE_CLASSIFICATION, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the batch size per device must be positive: expected 1 or more, got 0; use"
                                + " the training's number");
        assertThatThrownBy(() -> new TrainingSetting(IMAGE_CLASSIFICATION, 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the number of devices must be positive");
    }

    private List<Finding> check(Block net, TrainingSetting setting) {
        return check(net, IMAGES, setting);
    }

    private List<Finding> check(Block net, Shape input, TrainingSetting setting) {
        return Advisor.check(initialized(net, input), setting);
    }

    private Block initialized(Block block, Shape input) {
        block.initialize(manager, DataType.FLOAT32, input);
        return block;
    }

    private static Block conv(boolean bias) {
        return Conv2d.builder()
                .setKernelShape(new Shape(3, 3))
                .optPadding(new Shape(1, 1))
                .setFilters(4)
                .optBias(bias)
                .build();
    }

    private static Block batchNorm() {
        return BatchNorm.builder().build();
    }

    private static Block groupNorm(int numGroups) {
        return GroupNorm.builder().setNumGroups(numGroups).build();
    }
}
