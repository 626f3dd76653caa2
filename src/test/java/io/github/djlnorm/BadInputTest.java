package io.github.djlnorm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each refusal names the rule, what was expected, what came, and what to do. */
class BadInputTest {

    @Managed private NDManager manager;

    @Test
    void noGroupCount() {
        refused(
                () -> GroupNorm.builder().build(),
                "the number of groups must be positive: expected 1 or more, got 0; call setNumGroups"
                        + " with a divisor of the channel count, such as 32");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void groupCountBelowOne(int groups) {
        String message =
                "the number of groups must be positive: expected 1 or more, got "
                        + groups
                        + "; call setNumGroups with a divisor of the channel count, such as 32";
        refused(() -> GroupNorm.builder().setNumGroups(groups).build(), message);
        refused(() -> GroupNorm.groupNorm(ones(2, 4, 3), groups, null, null, 1e-5f), message);
    }

    @Test
    void groupCountThatDoesNotDivideTheChannels() {
        String message =
                "the number of groups must divide the number of channels: expected a divisor of 64,"
                        + " got 7; use 4 or 8";
        refused(() -> initialize(group(7), 8, 64, 32, 32), message);
        refused(() -> GroupNorm.groupNorm(ones(1, 64, 2), 7, null, null, 1e-5f), message);
    }

    @Test
    void moreGroupsThanChannels() {
        refused(
                () -> initialize(group(32), 2, 6, 3),
                "the number of groups must divide the number of channels: expected a divisor of 6,"
                        + " got 32; use 6");
    }

    @Test
    void rankTooSmallForGroupNorm() {
        String message =
                "the input must have rank 2 or more: expected (N, C, *), got rank 1 in shape (4);"
                        + " add the missing axes with expandDims or reshape";
        refused(() -> initialize(group(2), 4), message);
        refused(() -> GroupNorm.groupNorm(ones(4), 2, null, null, 1e-5f), message);
    }

    @Test
    void rankTooSmallForInstanceNorm() {
        String message =
                "the input must have rank 3 or more: expected (N, C, *) with one or more spatial"
                        + " axes, got rank 2 in shape (3, 4); add the missing axes with expandDims or"
                        + " reshape";
        refused(() -> initialize(InstanceNorm.builder().build(), 3, 4), message);
        refused(() -> InstanceNorm.instanceNorm(ones(3, 4), null, null, 1e-5f), message);
    }

    @Test
    void rankOtherThanTheSpatialDimensions() {
        refused(
                () -> initialize(InstanceNorm.builder().optSpatialDims(2).build(), 4, 5),
                "the input must have the spatial dimensions that optSpatialDims set: expected rank"
                        + " 4, or 3 for one instance, got rank 2 in shape (4, 5); change"
                        + " optSpatialDims, or the input with expandDims or reshape");
    }

    @Test
    void parametersOfAnotherRank() {
        NDArray x = manager.ones(new Shape(1, 2, 3));
        for (Shape shape : new Shape[] {new Shape(1, 2), new Shape(2, 1), new Shape()}) {
            NDArray gamma = manager.ones(shape);
            refused(
                    () -> GroupNorm.groupNorm(x, 1, gamma, null, 1e-5f),
                    "gamma must have an axis of channels only: expected shape (C), got shape "
                            + shape
                            + "; reshape it");
        }
    }

    @Test
    void otherChannelsThanAtInitialize() {
        ChannelNorm[] layers = {
            group(2),
            InstanceNorm.builder().build(),
            GroupNorm.builder().setNumGroups(2).optScale(false).optCenter(false).build(),
            InstanceNorm.builder().optScale(false).optCenter(false).build(),
            InstanceNorm.builder()
                    .optScale(false)
                    .optCenter(false)
                    .optTrackRunningStats(true)
                    .build(),
            ChannelLayerNorm.builder().optScale(false).optCenter(false).build(),
            RMSNorm.builder().optScale(false).optAxis(1).build()
        };
        for (ChannelNorm layer : layers) {
            initialize(layer, 2, 6, 4);
            for (boolean mode : new boolean[] {true, false}) {
                refused(
                        () -> Run.forward(layer, ones(2, 8, 4), mode),
                        "the input must have the channels that the layer was initialized with:"
                                + " expected 6 channels, got 8 in an input of shape (2, 8, 4); check"
                                + " the layer before this one, or set optAxis if the channels are on"
                                + " another axis");
            }
        }
    }

    @Test
    void otherChannelsInRunningStatisticsEvaluation() {
        InstanceNorm layer = InstanceNorm.builder().optTrackRunningStats(true).build();
        initialize(layer, 2, 6, 4);
        assertThatThrownBy(() -> Run.forward(layer, ones(2, 8, 4), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 6 channels, got 8");
    }

    @Test
    void initializingAgainWithOtherChannels() {
        GroupNorm layer = group(2);
        initialize(layer, 2, 6, 4);
        refused(
                () -> initialize(layer, 2, 8, 4),
                "the layer has its number of channels since it was initialized: expected 6 channels,"
                        + " got 8 in shape (2, 8, 4); make a new layer for another number of"
                        + " channels");
    }

    @Test
    void unknownChannels() {
        refused(
                () -> initialize(group(2), 2, -1, 4),
                "the number of channels must be known and positive: expected 1 or more channels, got"
                        + " -1 on axis 1 of shape (2, -1, 4); give the channel count in the input"
                        + " shape of initialize");
    }

    @ParameterizedTest
    @ValueSource(floats = {-1e-5f, Float.NaN, Float.POSITIVE_INFINITY})
    void epsilonNegativeOrNotFinite(float epsilon) {
        String message =
                "epsilon must be finite and not negative: expected 0 or more, got "
                        + epsilon
                        + "; use a small value such as 1e-5f";
        refused(() -> GroupNorm.builder().setNumGroups(2).optEpsilon(epsilon).build(), message);
        refused(() -> InstanceNorm.builder().optEpsilon(epsilon).build(), message);
        refused(() -> GroupNorm.groupNorm(ones(2, 4, 3), 2, null, null, epsilon), message);
        refused(() -> InstanceNorm.instanceNorm(ones(2, 4, 3), null, null, epsilon), message);
    }

    @ParameterizedTest
    @ValueSource(floats = {-0.1f, 1.1f, Float.NaN})
    void momentumOutsideOfZeroToOne(float momentum) {
        refused(
                () -> InstanceNorm.builder().optMomentum(momentum).build(),
                "momentum, the weight of the old running value, must lie between 0 and 1: expected 0"
                        + " to 1, got "
                        + momentum
                        + "; use 0.9f, which is a momentum of 0.1 in PyTorch");
    }

    @Test
    void oneValuePerChannelForInstanceNorm() {
        String message =
                "the statistics need more than one value per channel: expected 2 or more values, got"
                        + " 1 value per channel in shape (2, 4, 1, 1); use a larger input, or no"
                        + " normalization at this place";
        for (boolean tracking : new boolean[] {true, false}) {
            InstanceNorm layer = InstanceNorm.builder().optTrackRunningStats(tracking).build();
            initialize(layer, 2, 4, 1, 1);
            refused(() -> Run.forward(layer, ones(2, 4, 1, 1), true), message);
        }
        refused(() -> InstanceNorm.instanceNorm(ones(2, 4, 1, 1), null, null, 1e-5f), message);
    }

    @Test
    void oneValuePerChannelForGroupNorm() {
        refused(
                () -> GroupNorm.groupNorm(ones(1, 4), 4, null, null, 1e-5f),
                "the statistics need more than one value per channel: expected 2 or more values, got"
                        + " 1 value per channel in shape (1, 4); use a larger input, or no"
                        + " normalization at this place");
    }

    @Test
    void integerInput() {
        NDArray integers = manager.ones(new Shape(2, 4, 3), DataType.INT32);
        String message =
                "the input must be floating-point: expected float16, float32 or float64, got int32;"
                        + " convert it with toType(DataType.FLOAT32, false)";
        refused(() -> GroupNorm.groupNorm(integers, 2, null, null, 1e-5f), message);
        refused(() -> InstanceNorm.instanceNorm(integers, null, null, 1e-5f), message);
    }

    @Test
    void parametersOfAnotherShape() {
        refused(
                () -> GroupNorm.groupNorm(ones(2, 4, 3), 2, null, ones(2), 1e-5f),
                "beta must have one value for each channel of the input: expected 2 channels on axis"
                        + " 1, got 4 in an input of shape (2, 4, 3); check the layer before this one,"
                        + " or set optAxis if the channels are on another axis");
    }

    @Test
    @OnPyTorch("other engines have no float16 on the CPU")
    void parametersOfAnotherType() {
        NDArray half = manager.ones(new Shape(4), DataType.FLOAT16);
        refused(
                () -> InstanceNorm.instanceNorm(ones(2, 4, 3), half, null, 1e-5f),
                "gamma must be float32 or of the input's type: expected float32, got float16; convert"
                        + " one of them with toType");
    }

    @Test
    void batchAxisAsChannelAxis() {
        String message =
                "the channel axis must not be the batch axis: expected an axis other than 0, got 0;"
                        + " use optAxis(1) for (N, C, ...) or optAxis(-1) for (N, ..., C)";
        refused(() -> GroupNorm.builder().setNumGroups(2).optAxis(0).build(), message);
        refused(() -> InstanceNorm.builder().optAxis(0).build(), message);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, -4})
    void channelAxisOutsideOfTheInput(int axis) {
        GroupNorm layer = GroupNorm.builder().setNumGroups(2).optAxis(axis).build();
        refused(
                () -> initialize(layer, 2, 4, 3, 3),
                "the channel axis must be an axis of the input after the batch axis: expected an axis"
                        + " between 1 and 3, got axis "
                        + axis
                        + " for an input of shape (2, 4, 3, 3); use optAxis(1) for (N, C, ...) or"
                        + " optAxis(-1) for (N, ..., C)");
    }

    @Test
    void channelAxisThatConflictsWithTheSpatialDimensions() {
        refused(
                () -> InstanceNorm.builder().optSpatialDims(1).optAxis(3).build(),
                "the channel axis must lie inside an input of the given spatial dimensions: expected"
                        + " an axis of a batch of rank 3, got axis 3 with 1 spatial dimensions; use"
                        + " optAxis(1) or optAxis(-1), or change optSpatialDims");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, -1})
    void spatialDimensionsOtherThanOneToThree(int spatialDims) {
        refused(
                () -> InstanceNorm.builder().optSpatialDims(spatialDims).build(),
                "the number of spatial dimensions must be 1, 2 or 3: expected 1, 2 or 3, got "
                        + spatialDims
                        + "; use 2 for images");
    }

    @Test
    void twoInputs() {
        FrozenBatchNorm layer = FrozenBatchNorm.builder().build();
        initialize(layer, 2, 4, 3);
        refused(
                () -> forward(layer, ones(2, 4, 3), ones(2, 4, 3)),
                "the layer takes one input: expected 1, got 2; call the layer for each of them");
    }

    @Test
    void threeInputsOfAMaskedLayer() {
        GroupNorm layer = group(2);
        initialize(layer, 2, 4, 3);
        refused(
                () -> forward(layer, ones(2, 4, 3), ones(2, 3), ones(2, 3)),
                "the layer takes one input and, if there is padding, its mask: expected 1 or 2, got"
                        + " 3; call the layer for each of them");
    }

    @Test
    void aMaskOfAnotherShape() {
        String message =
                "the mask must have the shape of the input without its channel axis: expected (2, 3),"
                        + " got (2, 4, 3) for an input of shape (2, 4, 3); reshape or broadcast the"
                        + " mask, or set optAxis if the channels are on another axis";
        NDArray x = ones(2, 4, 3);
        refused(() -> GroupNorm.groupNorm(x, x, 2, null, null, 1e-5f), message);
        refused(() -> InstanceNorm.instanceNorm(x, x, null, null, 1e-5f), message);
        InstanceNorm layer = InstanceNorm.builder().build();
        initialize(layer, 2, 4, 3);
        refused(() -> forward(layer, x, x), message);
    }

    @Test
    void aMaskForRunningStatistics() {
        InstanceNorm layer = InstanceNorm.builder().optTrackRunningStats(true).build();
        String message =
                "running statistics do not go with a mask: expected 1, got 2 inputs; build the layer"
                        + " without optTrackRunningStats, or call it without a mask";
        refused(
                () ->
                        layer.initialize(
                                manager, DataType.FLOAT32, new Shape(2, 4, 3), new Shape(2, 3)),
                message);
        initialize(layer, 2, 4, 3);
        refused(() -> forward(layer, ones(2, 4, 3), ones(2, 3)), message);
    }

    @Test
    void noClassCount() {
        refused(
                () -> ConditionalInstanceNorm.builder().build(),
                "the number of classes must be positive: expected 1 or more, got 0; call"
                        + " setNumClasses with the number of styles or labels");
    }

    @Test
    void noLabels() {
        refused(
                () -> conditional(2, 4, 3).forward(store(), new NDList(ones(2, 4, 3)), false),
                "the layer takes data and labels: expected 2, got 1; call the layer with a list of"
                        + " both");
    }

    @Test
    void noStyle() {
        refused(
                () -> initialize(AdaptiveInstanceNorm.builder().build(), 2, 4, 3),
                "the layer takes content and style: expected 2, got 1; call the layer with a list of"
                        + " both");
    }

    @Test
    void labelsOfAnotherShape() {
        refused(
                () -> forward(conditional(2, 4, 3), ones(2, 4, 3), ones(3)),
                "there must be one label for each instance: expected (2), got (3) for an input of"
                        + " shape (2, 4, 3); give labels of shape (N)");
    }

    @Test
    void labelsOfAnotherType() {
        NDArray labels = manager.ones(new Shape(2), DataType.BOOLEAN);
        refused(
                () -> forward(conditional(2, 4, 3), ones(2, 4, 3), labels),
                "labels must be of an integer type or float32: expected int32, int64 or float32, got"
                        + " boolean; convert them with toType(DataType.INT64, false)");
    }

    @ParameterizedTest
    @ValueSource(floats = {-1, 3, 0.5f, Float.NaN})
    void labelsThatAreNoClass(float label) {
        NDArray labels = manager.create(new float[] {0, label});
        refused(
                () -> forward(conditional(2, 4, 3), ones(2, 4, 3), labels),
                "a label must be the number of a class: expected a whole number from 0 to 2, got "
                        + (double) label
                        + "; check the labels, or call setNumClasses with more");
    }

    @Test
    void otherChannelsThanTheClassesHave() {
        refused(
                () -> forward(conditional(2, 4, 3), ones(2, 6, 3), ones(2)),
                "the input must have the channels that the layer was initialized with: expected 4"
                        + " channels, got 6 in an input of shape (2, 6, 3); check the layer before"
                        + " this one, or set optAxis if the channels are on another axis");
    }

    @Test
    void aStyleOfOtherChannels() {
        refused(
                () -> style(ones(2, 4, 3), ones(2, 6, 3)),
                "the style must have the channels of the content: expected 4 channels, got 6 on axis"
                        + " 1 of shape (2, 6, 3); take both from the same layer of an encoder");
    }

    @Test
    void aStyleForOtherInstances() {
        refused(
                () -> style(ones(2, 4, 3), ones(3, 4, 3)),
                "there must be one style for each instance, or one for all: expected 2 instances or"
                        + " 1, got 3 in shape (3, 4, 3); give one style, or as many as the content"
                        + " has instances");
    }

    @Test
    void aStyleWithoutValues() {
        refused(
                () -> style(ones(2, 4, 3), manager.create(new Shape(2, 4, 0))),
                "the style must have values: expected 1 or more spatial positions, got shape (2, 4,"
                        + " 0); give a style with a width of 1 or more");
    }

    @Test
    void aStyleOfAnotherType() {
        refused(
                () -> style(ones(2, 4, 3), manager.ones(new Shape(2, 4, 3), DataType.FLOAT64)),
                "the style must be of the type of the content: expected float32, got float64; convert"
                        + " one of them with toType");
    }

    @Test
    void aStyleWithoutSpatialAxes() {
        refused(
                () -> style(ones(2, 4, 3), ones(2, 4)),
                "the input must have rank 3 or more: expected a style of shape (N, C, *) with one or"
                        + " more spatial axes, got rank 2 in shape (2, 4); add the missing axes with"
                        + " expandDims or reshape");
    }

    @Test
    void oneValuePerChannelOfTheContent() {
        String message =
                "the statistics need more than one value per channel: expected 2 or more values, got"
                        + " 1 value per channel in shape (2, 4, 1); use a larger input, or no"
                        + " normalization at this place";
        refused(() -> style(ones(2, 4, 1), ones(2, 4, 3)), message);
        refused(() -> forward(conditional(2, 4, 3), ones(2, 4, 1), ones(2)), message);
    }

    static Stream<Layers.Case> layers() {
        return Layers.all().filter(layerCase -> !layerCase.name().contains("unbatched"));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void integersForAnyLayer(Layers.Case layerCase) {
        NDList inputs = layerCase.inputs(manager.randomNormal(new Shape(2, 4, 4, 4)));
        ChannelNorm layer = layerCase.make();
        layer.initialize(manager, DataType.FLOAT32, Layers.shapes(inputs));
        inputs.set(0, inputs.head().toType(DataType.INT32, false));
        refused(
                () -> Run.forward(layer, inputs, false),
                "the input must be floating-point: expected float16, float32 or float64, got int32;"
                        + " convert it with toType(DataType.FLOAT32, false)");
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aRankOfOneForAnyLayer(Layers.Case layerCase) {
        Shape[] shapes =
                Layers.shapes(layerCase.inputs(manager.randomNormal(new Shape(2, 4, 4, 4))));
        shapes[0] = new Shape(4);
        assertThatThrownBy(() -> layerCase.make().initialize(manager, DataType.FLOAT32, shapes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got rank 1 in shape (4); add the missing axes");
    }

    private ConditionalInstanceNorm conditional(long... shape) {
        ConditionalInstanceNorm layer = ConditionalInstanceNorm.builder().setNumClasses(3).build();
        layer.initialize(manager, DataType.FLOAT32, new Shape(shape), new Shape(shape[0]));
        return layer;
    }

    private static NDList style(NDArray content, NDArray style) {
        return AdaptiveInstanceNorm.adaptiveInstanceNorm(content, style, 1e-5f);
    }

    private NDList forward(ChannelNorm layer, NDArray... inputs) {
        return layer.forward(store(), new NDList(inputs), false);
    }

    private ParameterStore store() {
        return new ParameterStore(manager, false);
    }

    private static GroupNorm group(int groups) {
        return GroupNorm.builder().setNumGroups(groups).build();
    }

    private void initialize(ChannelNorm layer, long... shape) {
        layer.initialize(manager, DataType.FLOAT32, new Shape(shape));
    }

    private NDArray ones(long... shape) {
        return manager.ones(new Shape(shape));
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
