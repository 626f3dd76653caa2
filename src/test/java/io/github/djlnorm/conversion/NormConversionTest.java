package io.github.djlnorm.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.GhostBatchNorm;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.ConstantInitializer;
import ai.djl.training.initializer.Initializer;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.Norm;
import io.github.djlnorm.conversion.ConversionReport.Replaced;
import io.github.djlnorm.testing.Managed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NormConversionTest {

    private static final Shape IMAGES = new Shape(2, 4, 3, 3);

    @Managed private NDManager manager;

    @Test
    void aBatchNormInASequenceIsReplacedInItsPlaceAndNamedByItsType() {
        SequentialBlock net = new SequentialBlock().add(conv()).add(batchNorm()).add(conv());

        ConversionResult converted = to(Norm.group(2)).convert(net);

        assertThat(converted.block()).isSameAs(net);
        assertThat(net.getChildren().keys()).containsExactly("01Conv2d", "02GroupNorm", "03Conv2d");
        assertThat(net.getChildren().get("02GroupNorm")).isInstanceOf(GroupNorm.class);
    }

    @Test
    void nestedLayersAreReportedByTheirPaths() {
        Block net = initialized(residual(), IMAGES);

        ConversionReport report = to(Norm.instance()).convert(net).report();

        assertThat(report.isComplete()).isTrue();
        assertThat(report.replaced())
                .containsExactly(
                        new Replaced(
                                "01ParallelBlock/01SequentialBlock/02BatchNorm",
                                "BatchNorm, 4 channels",
                                "InstanceNorm, 4 channels"),
                        new Replaced(
                                "01ParallelBlock/02BatchNorm",
                                "BatchNorm, 4 channels",
                                "InstanceNorm, 4 channels"));
        assertThat(report.toString().lines())
                .containsExactly(
                        "replaced 2, could not replace 0",
                        "01ParallelBlock/01SequentialBlock/02BatchNorm  BatchNorm, 4 channels  ->"
                                + " InstanceNorm, 4 channels",
                        "01ParallelBlock/02BatchNorm                    BatchNorm, 4 channels  ->"
                                + " InstanceNorm, 4 channels");
    }

    @Test
    void allOtherParametersStayTheObjectsTheyAre() {
        Block net = initialized(residual(), IMAGES);
        List<Parameter> weights = weights(net);

        to(Norm.instance()).convert(net);

        assertThat(weights).hasSize(2);
        assertThat(weights(net))
                .usingElementComparator(NormConversionTest::byIdentity)
                .isEqualTo(weights);
    }

    @Test
    void anInitializedModelCanBeUsedAtOnce() {
        Block net = initialized(residual(), IMAGES);

        to(Norm.group(2)).convert(net);

        assertThat(net.isInitialized()).isTrue();
        Block layer = net.getChildren().get(0).getValue().getChildren().get("02GroupNorm");
        assertThat(layer.getInputShapes()).containsExactly(IMAGES);
        assertThat(forward(net, manager.randomNormal(IMAGES)).getShape()).isEqualTo(IMAGES);
    }

    @Test
    void theNewLayerComputesWithTheScaleShiftAndEpsilonOfTheOldOne() {
        BatchNorm old = BatchNorm.builder().optEpsilon(3).build();
        initialized(old, new Shape(1, 2, 2));
        set(old, "gamma", 2, 3);
        set(old, "beta", 10, 20);

        Block layer = to(Norm.instance()).convert(old).block();

        // Mean 2 and variance 1, mean 0 and variance 6: standard deviations 2 and 3 with epsilon.
        float root6 = (float) Math.sqrt(6);
        NDArray x = manager.create(new float[] {1, 3, -root6, root6}, new Shape(1, 2, 2));
        assertThat(forward(layer, x).toFloatArray())
                .containsExactly(new float[] {9, 11, 20 - root6, 20 + root6}, within(1e-5f));
    }

    @Test
    void aFrozenBatchNormComputesInTrainingTooWhatTheOldLayerComputedInEvaluation() {
        BatchNorm old = BatchNorm.builder().optEpsilon(3).build();
        initialized(old, new Shape(1, 2));
        set(old, "gamma", 2, 3);
        set(old, "beta", 10, 20);
        set(old, "runningMean", 1, -1);
        set(old, "runningVar", 1, 6);

        Block layer = to(Norm.frozenBatch()).convert(old).block();

        // Standard deviations 2 and 3 with epsilon.
        NDArray x = manager.create(new float[] {5, 5, -1, -7}, new Shape(2, 2));
        for (boolean training : new boolean[] {false, true}) {
            assertThat(forward(layer, x, training).toFloatArray())
                    .containsExactly(new float[] {14, 26, 8, 14}, within(1e-5f));
        }
    }

    @Test
    void aFrozenBatchNormHasNothingToTrain() {
        Block net = initialized(new SequentialBlock().add(batchNorm()), IMAGES);

        to(Norm.frozenBatch()).convert(net);

        initialized(net, IMAGES);
        assertThat(net.getParameters().values())
                .hasSize(4)
                .noneMatch(p -> p.requiresGradient() || p.getArray().hasGradient());
    }

    @Test
    void theNewLayerHasTheChannelAxisOfTheOldOne() {
        BatchNorm old = BatchNorm.builder().optAxis(2).build();
        initialized(old, new Shape(1, 4, 2));

        Block layer = to(Norm.instance()).convert(old).block();

        NDArray x = manager.create(new float[] {1, 10, 2, 20, 3, 30, 4, 40}, new Shape(1, 4, 2));
        float[] y = forward(layer, x).toFloatArray();
        assertThat(y[0]).isCloseTo(y[1], within(1e-4f));
        assertThat(y[0]).isCloseTo((float) (-1.5 / Math.sqrt(1.25)), within(1e-4f));
    }

    @Test
    void changingTheNewLayerLeavesTheOldOneAlone() {
        BatchNorm old = initialized(batchNorm(), IMAGES);

        Block layer = to(Norm.group(2)).convert(old).block();
        set(layer, "gamma", 7, 7, 7, 7);

        assertThat(values(old, "gamma")).containsOnly(1);
    }

    @Test
    void whatWasNotTrainedIsNotTrained() {
        SequentialBlock net =
                new SequentialBlock().add(BatchNorm.builder().optScale(false).build());
        Block frozen = initialized(batchNorm(), IMAGES);
        frozen.freezeParameters(true);
        net.add(frozen);

        to(Norm.group(2)).convert(net);

        initialized(net, IMAGES);
        assertThat(trained(net, 0, "gamma")).isFalse();
        assertThat(trained(net, 0, "beta")).isTrue();
        assertThat(trained(net, 1, "gamma")).isFalse();
        assertThat(trained(net, 1, "beta")).isFalse();
    }

    @Test
    void initializersAreKept() {
        SequentialBlock net = new SequentialBlock().add(batchNorm());
        net.setInitializer(new ConstantInitializer(0.5f), Parameter.Type.GAMMA);
        net.setInitializer(Initializer.ONES, Parameter.Type.BETA);

        to(Norm.group(2)).convert(net);

        initialized(net, IMAGES);
        assertThat(values(net, "01GroupNorm_gamma")).containsOnly(0.5f);
        assertThat(values(net, "01GroupNorm_beta")).containsOnly(1);
    }

    @Test
    void theTypeOfTheParametersIsKept() {
        Block net = new SequentialBlock().add(batchNorm());
        net.initialize(manager, DataType.FLOAT64, IMAGES);

        to(Norm.group(2)).convert(net);

        assertThat(net.getParameters().get("01GroupNorm_gamma").getArray().getDataType())
                .isEqualTo(DataType.FLOAT64);
    }

    @Test
    void groupsSuitTheChannelsThatAreKnownOnlyLater() {
        SequentialBlock net = new SequentialBlock().add(batchNorm());

        to(Norm.group(4)).convert(net);

        initialized(net, new Shape(1, 6, 2));
        // Three groups of two channels: the largest divisor of 6 that is not above 4.
        NDArray x = manager.create(new float[] {0, 0, 4, 4, 1, 1, 3, 3, 5, 5, 7, 7});
        assertThat(forward(net, x.reshape(1, 6, 2)).toFloatArray())
                .containsExactly(
                        new float[] {-1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1}, within(1e-4f));
    }

    @Test
    void aGhostBatchNormIsReplacedToo() {
        SequentialBlock net = new SequentialBlock().add(GhostBatchNorm.builder().build());

        to(Norm.group(2)).convert(net);

        assertThat(net.getChildren().keys()).containsExactly("01GroupNorm");
    }

    @Test
    void aLayerThatIsThereTwiceBecomesOneThatIsThereTwice() {
        BatchNorm shared = batchNorm();
        SequentialBlock inner = new SequentialBlock().add(shared);
        SequentialBlock net = new SequentialBlock().add(shared).add(inner).add(inner);

        ConversionReport report = to(Norm.group(2)).convert(net).report();

        Block layer = net.getChildren().get("01GroupNorm");
        assertThat(inner.getChildren().get("01GroupNorm")).isSameAs(layer);
        assertThat(report.replaced())
                .extracting(Replaced::path)
                .containsExactly(
                        "01BatchNorm",
                        "02SequentialBlock/01BatchNorm",
                        "03SequentialBlock/01BatchNorm");
    }

    @Test
    void aModelThatIsABatchNormBecomesTheNewLayer() {
        ConversionResult converted = to(Norm.instance()).convert(batchNorm());

        assertThat(converted.block()).isInstanceOf(InstanceNorm.class);
        assertThat(converted.report().replaced())
                .containsExactly(new Replaced("(root)", "BatchNorm", "InstanceNorm"));
    }

    @Test
    void aModelWithoutBatchNormStaysAsItIs() {
        Block net = new SequentialBlock().add(conv());

        ConversionResult converted = to(Norm.group(2)).convert(net);

        assertThat(converted.block()).isSameAs(net);
        assertThat(converted.report()).hasToString("replaced 0, could not replace 0");
    }

    @ParameterizedTest
    @MethodSource
    void aBlockRunsTheNewLayerWhereverItHoldsIt(BlocksHoldingLayers.Holder holder) {
        to(Norm.group(2)).convert(holder);

        Block child = holder.getChildren().get(0).getValue();
        assertThat(child).isInstanceOf(GroupNorm.class);
        assertThat(holder.held()).isSameAs(child);
    }

    static Stream<BlocksHoldingLayers.Holder> aBlockRunsTheNewLayerWhereverItHoldsIt() {
        return Stream.of(
                new BlocksHoldingLayers.InField(),
                new BlocksHoldingLayers.InFieldOfSuperclass(),
                new BlocksHoldingLayers.InArray(),
                new BlocksHoldingLayers.InList(list -> list),
                new BlocksHoldingLayers.InMapOfLists(),
                new BlocksHoldingLayers.InMap(map -> map),
                new BlocksHoldingLayers.InPairs(),
                new BlocksHoldingLayers.InAnonymousClass());
    }

    @Test
    void aNameThatDoesNotTellTheTypeStays() {
        Block named = new BlocksHoldingLayers.InField();
        Block byType = new BlocksHoldingLayers.InFieldOfSuperclass();

        to(Norm.group(2)).convert(named);
        to(Norm.group(2)).convert(byType);

        assertThat(named.getChildren().keys()).containsExactly("01norm");
        assertThat(byType.getChildren().keys()).containsExactly("01GroupNorm");
    }

    @Test
    void whatIsSavedIsLoadedIntoAModelThatWasConvertedInTheSameWay() throws Exception {
        Block net = initialized(residual(), IMAGES);
        to(Norm.group(4)).convert(net);
        set(net, "01ParallelBlock_02GroupNorm_gamma", 1, 2, 3, 4);
        NDArray x = manager.randomNormal(IMAGES);
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        net.saveParameters(new DataOutputStream(saved));

        Block fresh = to(Norm.group(4)).convert(residual()).block();
        fresh.loadParameters(
                manager, new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));

        assertThat(forward(fresh, x).toFloatArray()).isEqualTo(forward(net, x).toFloatArray());
    }

    private static NormConversion to(Norm norm) {
        return NormConversion.builder().setNorm(norm).build();
    }

    private static int byIdentity(Parameter a, Parameter b) {
        return a == b ? 0 : 1;
    }

    private static List<Parameter> weights(Block block) {
        return block.getParameters().values().stream()
                .filter(p -> p.getType() == Parameter.Type.WEIGHT)
                .toList();
    }

    private static BatchNorm batchNorm() {
        return BlocksHoldingLayers.batchNorm();
    }

    private static Block conv() {
        return Conv2d.builder()
                .setKernelShape(new Shape(3, 3))
                .optPadding(new Shape(1, 1))
                .setFilters(4)
                .build();
    }

    private static SequentialBlock residual() {
        return new SequentialBlock()
                .add(
                        new ParallelBlock(
                                outputs ->
                                        new NDList(
                                                NDArrays.add(
                                                        outputs.get(0).head(),
                                                        outputs.get(1).head())),
                                List.of(
                                        new SequentialBlock()
                                                .add(conv())
                                                .add(batchNorm())
                                                .add(Activation.reluBlock()),
                                        batchNorm())))
                .add(conv());
    }

    private <B extends Block> B initialized(B block, Shape shape) {
        block.initialize(manager, DataType.FLOAT32, shape);
        return block;
    }

    private static NDArray forward(Block block, NDArray input) {
        return forward(block, input, false);
    }

    private static NDArray forward(Block block, NDArray input, boolean training) {
        ParameterStore store = new ParameterStore(input.getManager(), false);
        return block.forward(store, new NDList(input), training).singletonOrThrow();
    }

    private void set(Block block, String parameter, float... values) {
        manager.create(values).copyTo(block.getParameters().get(parameter).getArray());
    }

    private static float[] values(Block block, String parameter) {
        return block.getParameters().get(parameter).getArray().toFloatArray();
    }

    private static boolean trained(SequentialBlock net, int child, String parameter) {
        Parameter p = net.getChildren().get(child).getValue().getDirectParameters().get(parameter);
        return p.requiresGradient() && p.getArray().hasGradient();
    }
}
