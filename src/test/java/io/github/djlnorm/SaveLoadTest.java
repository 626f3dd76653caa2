package io.github.djlnorm;

import static io.github.djlnorm.Run.EVALUATION;
import static io.github.djlnorm.Run.TRAINING;
import static io.github.djlnorm.Run.forward;
import static io.github.djlnorm.Run.initialized;
import static io.github.djlnorm.Run.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import io.github.djlnorm.convolutional.ConvNorm;
import io.github.djlnorm.convolutional.ConvTranspose;
import io.github.djlnorm.convolutional.WeightStandardizedConv;
import io.github.djlnorm.models.CifarResNet;
import io.github.djlnorm.testing.Managed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SaveLoadTest {

    private static final long[] SHAPE = {2, 6, 3, 4};

    @Managed private NDManager manager;
    private NDArray x;

    @BeforeEach
    void open() {
        x = manager.randomNormal(new Shape(SHAPE));
    }

    static Stream<Layers.Case> layers() {
        return Layers.all();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aFreshLayerGivesTheSavedLayersOutput(Layers.Case layerCase) throws Exception {
        NDList inputs = layerCase.inputs(x);
        ChannelNorm saved = trained(layerCase.make(), Layers.shapes(inputs));
        ChannelNorm fresh = layerCase.make();

        load(fresh, save(saved));

        assertThat(fresh.isInitialized()).isTrue();
        assertThat(fresh.describeInput().get(0).getValue()).isEqualTo(new Shape(SHAPE));
        assertThat(fresh.getParameters().keys()).isEqualTo(saved.getParameters().keys());
        for (boolean mode : new boolean[] {EVALUATION, TRAINING}) {
            assertThat(forward(fresh, inputs, mode).toFloatArray())
                    .isEqualTo(forward(saved, inputs, mode).toFloatArray());
        }
    }

    @Test
    void aFreshModelGivesTheSavedModelsOutput(@TempDir Path folder) throws Exception {
        float[] expected;
        try (Model model = Model.newInstance("net")) {
            model.setBlock(network());
            model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, new Shape(SHAPE));
            forward(model.getBlock(), x, TRAINING);
            expected = forward(model.getBlock(), x, EVALUATION).toFloatArray();
            model.save(folder, "net");
        }
        try (Model model = Model.newInstance("net")) {
            model.setBlock(network());
            model.load(folder);
            assertThat(forward(model.getBlock(), x, EVALUATION).toFloatArray()).isEqualTo(expected);
        }
    }

    @Test
    void loadedParametersTrainAsTheOptionsSay() throws Exception {
        GroupNorm fresh = GroupNorm.builder().setNumGroups(2).optCenter(false).build();
        GroupNorm saved = GroupNorm.builder().setNumGroups(2).optCenter(false).build();
        load(fresh, save(initialized(saved, manager, SHAPE)));

        assertThat(fresh.gamma.getArray().hasGradient()).isFalse();
        initialized(fresh, manager, SHAPE);
        assertThat(fresh.gamma.getArray().hasGradient()).isTrue();
    }

    @Test
    void theOldVersionIsRefused() throws Exception {
        byte[] saved = save(trained(groupNorm()));
        saved[0] = 1;

        assertThatThrownBy(() -> load(groupNorm(), saved))
                .isInstanceOf(MalformedModelException.class)
                .hasMessage(
                        "GroupNorm was saved in another format: expected version 4, got 1; load it"
                                + " with the release of djl-norm that saved it, and carry its weights"
                                + " over with StateDict");
    }

    @ParameterizedTest
    @MethodSource("layers")
    void everyTruncationIsRefusedAndChangesNothing(Layers.Case layerCase) throws Exception {
        Shape[] shapes = Layers.shapes(layerCase.inputs(x));
        byte[] saved = save(trained(layerCase.make(), shapes));
        ChannelNorm target = layerCase.make();
        target.initialize(manager, DataType.FLOAT32, shapes);
        byte[] before = save(target);
        for (int length = 0; length < saved.length; length++) {
            byte[] cut = Arrays.copyOf(saved, length);
            assertThatThrownBy(() -> load(target, cut))
                    .as("%d of %d bytes", length, saved.length)
                    .isInstanceOf(MalformedModelException.class);
        }
        assertThat(save(target)).isEqualTo(before);
    }

    @Test
    void aCutOffFileIsSaidToBeCutOff() throws Exception {
        byte[] saved = save(trained(groupNorm()));

        assertThatThrownBy(() -> load(groupNorm(), Arrays.copyOf(saved, 100)))
                .isInstanceOf(MalformedModelException.class)
                .hasMessage("GroupNorm ends too early: the file is cut off");
    }

    static Stream<Object[]> others() {
        return Stream.of(
                other(group(2), group(3), "expected setNumGroups(3), got setNumGroups(2)"),
                other(
                        Norm.group(2).newLayer(6).orElseThrow(),
                        Norm.group(3).newLayer().orElseThrow(),
                        "expected setNumGroups(3), got setNumGroups(2); build it with"
                                + " setNumGroups(2)"),
                other(
                        InstanceNorm.builder().optEpsilon(1e-3f).build(),
                        InstanceNorm.builder().build(),
                        "expected optEpsilon(1.0E-5), got optEpsilon(0.001)"),
                other(
                        ChannelLayerNorm.builder().optAxis(-1).build(),
                        ChannelLayerNorm.builder().build(),
                        "expected optAxis(1), got optAxis(-1)"),
                other(
                        ChannelLayerNorm.builder().build(),
                        group(1),
                        "expected GroupNorm, got ChannelLayerNorm"),
                other(
                        InstanceNorm.builder().build(),
                        group(6),
                        "expected GroupNorm, got InstanceNorm"),
                other(
                        group(2),
                        GroupNorm.builder().setNumGroups(2).optScale(false).build(),
                        "expected optScale(false), got optScale(true)"),
                other(
                        RMSNorm.builder().optScale(false).build(),
                        RMSNorm.builder().build(),
                        "expected optScale(true), got optScale(false)"),
                other(
                        GroupNorm.builder()
                                .setNumGroups(2)
                                .optActivation(FusedActivation.RELU)
                                .build(),
                        group(2),
                        "expected optActivation(none), got optActivation("),
                other(
                        InstanceNorm.builder().build(),
                        InstanceNorm.builder().optTrackRunningStats(true).build(),
                        "expected optTrackRunningStats(true), got optTrackRunningStats(false)"),
                other(
                        InstanceNorm.builder().optSpatialDims(2).build(),
                        InstanceNorm.builder().build(),
                        "expected optSpatialDims(0), got optSpatialDims(2)"),
                other(
                        ConvNorm.convGroupNorm(6, 2),
                        ConvNorm.convGroupNorm(6, 3),
                        "GroupNorm at 02GroupNorm must be built as it was when it was saved:"
                                + " expected setNumGroups(3), got setNumGroups(2)"),
                other(
                        ConvNorm.convGroupNorm(6, 2),
                        ConvNorm.convInstanceNorm(6),
                        "expected InstanceNorm at 02InstanceNorm, got GroupNorm at 02GroupNorm"),
                other(
                        stage(FusedActivation.RELU),
                        stage(FusedActivation.TANH),
                        "expected name(TANH), got name(RELU)"),
                other(
                        stage(Activation::reluBlock),
                        stage(Activation::geluBlock),
                        "must be built as it was when it was saved: expected name(G"),
                other(
                        resNet(5),
                        resNet(3),
                        "expected setUnits(3), got setUnits(5); build it with setUnits(5)"),
                other(
                        transposed().optStride(new Shape(2, 2)).build(),
                        transposed().build(),
                        "expected optStride((1,1)), got optStride((2,2))"),
                other(
                        standardized().optEpsilon(0.5f).build(),
                        standardized().build(),
                        "expected optEpsilon(1.0E-5), got optEpsilon(0.5)"));
    }

    private static Block stage(Supplier<Block> activation) {
        return ConvNorm.builder()
                .setKernelShape(new Shape(3, 3))
                .setFilters(6)
                .setNorm(Norm.batch())
                .optActivation(activation)
                .build();
    }

    private static Block resNet(int outSize) {
        return CifarResNet.builder()
                .setNumLayers(8)
                .setOutSize(outSize)
                .setNorm(Norm.group(2))
                .optWidth(2)
                .build();
    }

    private static Object[] other(Block saved, Block target, String reason) {
        return new Object[] {saved, target, reason};
    }

    @ParameterizedTest
    @MethodSource("others")
    void aFileOfAnotherLayerIsRefusedWithBothNamed(Block saved, Block target, String reason)
            throws Exception {
        saved.initialize(manager, DataType.FLOAT32, new Shape(SHAPE));
        byte[] file = save(saved);

        assertThatThrownBy(() -> load(target, file))
                .isInstanceOf(MalformedModelException.class)
                .hasMessageContaining(reason);
        assertThat(target.isInitialized()).isFalse();

        target.initialize(manager, DataType.FLOAT32, new Shape(SHAPE));
        byte[] before = save(target);
        assertThatThrownBy(() -> load(target, file))
                .isInstanceOf(MalformedModelException.class)
                .hasMessageContaining(reason);
        assertThat(save(target)).isEqualTo(before);
    }

    @Test
    void theNumberOfGroupsMayHaveBeenChosenByTheChannels() throws Exception {
        ChannelNorm saved = trained(group(2));
        GroupNorm byNorm = (GroupNorm) Norm.group(2).newLayer().orElseThrow();

        load(byNorm, save(saved));

        assertThat(byNorm.getNumGroups()).isEqualTo(2);
        assertThat(forward(byNorm, x, EVALUATION).toFloatArray())
                .isEqualTo(forward(saved, x, EVALUATION).toFloatArray());
    }

    @Test
    void anotherMomentumIsNoOtherLayer() throws Exception {
        ChannelNorm saved =
                trained(
                        InstanceNorm.builder()
                                .optTrackRunningStats(true)
                                .optMomentum(0.5f)
                                .build());
        InstanceNorm target = InstanceNorm.builder().optTrackRunningStats(true).build();

        load(target, save(saved));

        assertThat(forward(target, x, EVALUATION).toFloatArray())
                .isEqualTo(forward(saved, x, EVALUATION).toFloatArray());
    }

    @Test
    void parametersOfOtherChannelsAreRefused() throws Exception {
        byte[] saved = save(trained(groupNorm()));
        ChannelNorm target = initialized(groupNorm(), manager, 2, 4, 3);

        assertThatThrownBy(() -> load(target, saved))
                .isInstanceOf(MalformedModelException.class)
                .hasMessageContaining(
                        "the block has its shapes since it was initialized: expected (4) for gamma,"
                                + " got (6)");
        assertThat(values(target, "gamma")).hasSize(4);
    }

    @Test
    void parametersOfOtherClassesAreRefused() throws Exception {
        byte[] saved =
                save(
                        trained(
                                ConditionalInstanceNorm.builder().setNumClasses(3).build(),
                                new Shape(SHAPE),
                                new Shape(2)));
        ChannelNorm target = ConditionalInstanceNorm.builder().setNumClasses(4).build();

        assertThatThrownBy(() -> load(target, saved))
                .isInstanceOf(MalformedModelException.class)
                .hasMessageContaining("expected setNumClasses(4), got setNumClasses(3)");
    }

    @Test
    void aLayerOfTwoInputsRemembersBoth() throws Exception {
        Shape style = new Shape(2, 6, 9, 9);
        ChannelNorm saved = AdaptiveInstanceNorm.builder().build();
        saved.initialize(manager, DataType.FLOAT32, new Shape(SHAPE), style);
        ChannelNorm fresh = AdaptiveInstanceNorm.builder().build();

        load(fresh, save(saved));

        assertThat(fresh.getInputShapes()).containsExactly(new Shape(SHAPE), style);
        assertThat(fresh.describeInput().values()).containsExactly(new Shape(SHAPE), style);
    }

    @ParameterizedTest
    @MethodSource("clearers")
    void aClearedLayerTakesAnotherWidth(Block layer, Consumer<Block> clear) throws Exception {
        Shape wide = new Shape(2, 12, 3, 4);
        layer.initialize(manager, DataType.FLOAT32, new Shape(SHAPE));
        byte[] narrow = save(layer);
        clear.accept(layer);
        layer.initialize(manager, DataType.FLOAT32, wide);
        byte[] saved = save(layer);
        assertThat(layer.getInputShapes()).containsExactly(wide);

        clear.accept(layer);
        load(layer, narrow);
        assertThat(layer.getInputShapes()).containsExactly(new Shape(SHAPE));
        load(layer, save(layer));
        assertThat(forward(layer, x, EVALUATION).getShape()).isEqualTo(x.getShape());
        clear.accept(layer);
        load(layer, saved);
        assertThat(layer.getInputShapes()).containsExactly(wide);
        load(layer, save(layer));
    }

    static Stream<Object[]> clearers() {
        Consumer<Block> itself = Block::clear;
        Consumer<Block> around = layer -> new SequentialBlock().add(layer).clear();
        return Stream.of(itself, around)
                .flatMap(
                        clear ->
                                Stream.of(
                                                group(3),
                                                InstanceNorm.builder()
                                                        .optTrackRunningStats(true)
                                                        .build(),
                                                ConvNorm.convGroupNorm(6, 2),
                                                GroupNorm.builder()
                                                        .setNumGroups(3)
                                                        .optScale(false)
                                                        .optCenter(false)
                                                        .build())
                                        .map(layer -> new Object[] {layer, clear}));
    }

    @Test
    void savingBeforeInitializationIsRefused() {
        assertThatThrownBy(() -> save(groupNorm()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("initializ");
    }

    private static Block network() {
        return new SequentialBlock()
                .add(
                        Conv2d.builder()
                                .setKernelShape(new Shape(3, 3))
                                .optPadding(new Shape(1, 1))
                                .setFilters(8)
                                .build())
                .add(GroupNorm.builder().setNumGroups(4).build())
                .add(InstanceNorm.builder().optTrackRunningStats(true).build());
    }

    /** A layer whose parameters are all different from those of a fresh one. */
    private ChannelNorm trained(ChannelNorm layer, Shape... shapes) {
        layer.initialize(manager, DataType.FLOAT32, shapes);
        for (Parameter parameter : layer.getParameters().values()) {
            int size = (int) parameter.getShape().size();
            Run.set(parameter, Arrays64.normal(50, size, 2, 0.1));
        }
        return layer;
    }

    private ChannelNorm trained(ChannelNorm layer) {
        return trained(layer, new Shape(SHAPE));
    }

    private static byte[] save(Block block) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        block.saveParameters(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private void load(Block block, byte[] saved) throws IOException, MalformedModelException {
        block.loadParameters(manager, new DataInputStream(new ByteArrayInputStream(saved)));
    }

    private static GroupNorm groupNorm() {
        return group(2);
    }

    private static GroupNorm group(int numGroups) {
        return GroupNorm.builder().setNumGroups(numGroups).build();
    }

    private static ConvTranspose.Builder transposed() {
        return ConvTranspose.builder().setKernelShape(new Shape(2, 2)).setFilters(4);
    }

    private static WeightStandardizedConv.Builder standardized() {
        return WeightStandardizedConv.builder().setKernelShape(new Shape(2, 2)).setFilters(4);
    }
}
