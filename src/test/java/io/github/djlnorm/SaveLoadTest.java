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
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SaveLoadTest {

    private static final long[] SHAPE = {2, 6, 3, 4};

    private NDManager manager;
    private NDArray x;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        x = manager.randomNormal(new Shape(SHAPE));
    }

    @AfterEach
    void close() {
        manager.close();
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
    void theLayoutDoesNotDependOnScaleAndCenter() throws Exception {
        GroupNorm plain =
                GroupNorm.builder().setNumGroups(2).optScale(false).optCenter(false).build();
        byte[] saved = save(initialized(plain, manager, SHAPE));

        GroupNorm affine = groupNorm();
        load(affine, saved);

        assertThat(values(affine, "gamma")).containsOnly(1).hasSize(6);
        assertThat(save(initialized(groupNorm(), manager, SHAPE))).isEqualTo(saved);
    }

    @Test
    void aTrainedScaleThatWouldNotBeUsedIsRefused() throws Exception {
        byte[] saved = save(trained(groupNorm()));
        GroupNorm plain = GroupNorm.builder().setNumGroups(2).optScale(false).build();

        assertThatThrownBy(() -> load(plain, saved))
                .isInstanceOf(MalformedModelException.class)
                .hasMessageContaining(
                        "gamma is not used with optScale(false): expected the value 1 for each channel")
                .hasMessageContaining("load it into a layer with optScale(true)");
    }

    @Test
    void loadedParametersTrainAsTheOptionsSay() throws Exception {
        GroupNorm fresh = GroupNorm.builder().setNumGroups(2).optCenter(false).build();
        load(fresh, save(initialized(groupNorm(), manager, SHAPE)));

        initialized(fresh, manager, SHAPE);

        assertThat(fresh.gamma.getArray().hasGradient()).isTrue();
        assertThat(fresh.beta.getArray().hasGradient()).isFalse();
    }

    @Test
    void anUnknownVersionIsRefused() throws Exception {
        byte[] saved = save(trained(groupNorm()));
        saved[0] = 77;

        assertThatThrownBy(() -> load(groupNorm(), saved))
                .isInstanceOf(MalformedModelException.class)
                .hasMessageContaining("unknown version: expected 1, got 77");
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

    @Test
    void aGroupCountThatDoesNotFitTheSavedChannelsIsRefused() throws Exception {
        byte[] saved = save(trained(groupNorm()));

        assertThatThrownBy(() -> load(GroupNorm.builder().setNumGroups(4).build(), saved))
                .isInstanceOf(MalformedModelException.class)
                .hasMessage(
                        "GroupNorm does not fit what was saved: the number of groups must divide the"
                                + " number of channels: expected a divisor of 6, got 4; use 3 or 6");
    }

    @Test
    void parametersOfOtherChannelsAreRefused() throws Exception {
        byte[] saved = save(trained(groupNorm()));
        ChannelNorm target = initialized(groupNorm(), manager, 2, 4, 3);

        assertThatThrownBy(() -> load(target, saved))
                .isInstanceOf(MalformedModelException.class)
                .hasMessageContaining("expected 4 channels, got 6");
        assertThat(values(target, "gamma")).hasSize(4);
    }

    @Test
    void runningStatisticsThatAreMissingAreRefused() throws Exception {
        byte[] saved = save(trained(InstanceNorm.builder().build()));

        assertThatThrownBy(
                        () ->
                                load(
                                        InstanceNorm.builder().optTrackRunningStats(true).build(),
                                        saved))
                .isInstanceOf(MalformedModelException.class)
                .hasMessageContaining("expected 4 of them, got 2; load it into");
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
                .hasMessage(
                        "ConditionalInstanceNorm was saved with other shapes: expected (4, 6) for"
                                + " gamma, got (3, 6); build it as it was when it was saved");
    }

    @Test
    void aTrainedRootMeanSquareScaleThatWouldNotBeUsedIsRefused() throws Exception {
        byte[] saved = save(trained(RMSNorm.builder().build()));

        assertThatThrownBy(() -> load(RMSNorm.builder().optScale(false).build(), saved))
                .isInstanceOf(MalformedModelException.class)
                .hasMessageContaining("gamma is not used with optScale(false)");
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
        return GroupNorm.builder().setNumGroups(2).build();
    }
}
