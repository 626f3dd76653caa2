package io.github.djlnorm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.testing.Managed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tensor a parameter gets. Values tell where they come from: layer 3 has the value 3. */
class WeightMatchingTest {

    private static final WeightLoader BY_NAME = WeightLoader.builder().build();
    private static final WeightLoader WHAT_FITS = WeightLoader.builder().optStrict(false).build();
    private static final WeightLoader BY_ORDER = WeightLoader.builder().optOrder(true).build();
    private static final WeightLoader WHAT_FITS_BY_ORDER =
            WeightLoader.builder().optOrder(true).optStrict(false).build();

    @TempDir private Path folder;
    @Managed private NDManager manager;

    /** Linear layers of two units without bias, with an activation after each of the first two. */
    private Block net() {
        return initialized(
                new SequentialBlock()
                        .add(linear())
                        .add(Activation.reluBlock())
                        .add(linear())
                        .add(Activation.reluBlock())
                        .add(linear()));
    }

    /** The same without activations. */
    private Block linears(int count) {
        SequentialBlock net = new SequentialBlock();
        for (int i = 0; i < count; i++) {
            net.add(linear());
        }
        return initialized(net);
    }

    private static Linear linear() {
        return Linear.builder().setUnits(2).optBias(false).build();
    }

    private <B extends Block> B initialized(B block) {
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
        block.getParameters().values().forEach(p -> p.getArray().muli(0).addi(0));
        return block;
    }

    private StateDict layers(String... paths) throws IOException {
        TorchFile file = new TorchFile();
        for (int i = 0; i < paths.length; i++) {
            float v = i + 1;
            file.floats(paths[i] + ".weight", new long[] {2, 2}, v, v, v, v);
        }
        return StateDict.read(file.write(folder));
    }

    private static List<Float> firstValues(Block block) {
        return block.getParameters().values().stream()
                .map(p -> p.getArray().flatten().getFloat(0))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2, 4",
        "01Linear, 03Linear, 05Linear",
        "module.0, module.2, module.4",
        "_orig_mod.0, _orig_mod.2, _orig_mod.4",
        "_orig_mod.module.0, _orig_mod.module.2, _orig_mod.module.4",
        "0._orig_mod, 2._orig_mod, 4._orig_mod",
        "net.body.0, net.body.2, net.body.4",
    })
    void namesAreFoundWithoutBeingMapped(String a, String b, String c) throws IOException {
        for (WeightLoader loader : List.of(BY_NAME, WHAT_FITS, BY_ORDER)) {
            Block net = net();
            try (StateDict file = layers(a, b, c)) {
                assertThat(loader.load(file, net).isComplete()).isTrue();
            }
            assertThat(firstValues(net)).containsExactly(1f, 2f, 3f);
        }
    }

    @Test
    void namesGoBeforeTheOrderOfTheFile() throws IOException {
        Block net = net();
        try (StateDict file = layers("4", "0", "2")) {
            BY_NAME.load(file, net);
        }
        assertThat(firstValues(net)).containsExactly(2f, 3f, 1f);
    }

    @Test
    void aBackboneIsFoundBesideAHead() throws IOException {
        Block net = net();
        try (StateDict file = layers("head", "module.backbone.0", "backbone.2", "head.0")) {
            assertThat(WHAT_FITS.load(file, net).names()).isEmpty();
        }
        try (StateDict file =
                layers("head.0", "module.backbone.0", "module.backbone.2", "module.backbone.4")) {
            LoadReport report = WHAT_FITS.load(file, net);
            assertThat(report.unexpected()).containsExactly("head.0.weight");
            assertThat(report.missing()).isEmpty();
        }
        assertThat(firstValues(net)).containsExactly(2f, 3f, 4f);
    }

    @Test
    void ofTwoNetworksInAFileNoneIsGuessed() throws IOException {
        Block net = linears(1);
        try (StateDict file = layers("model.0", "backbone.0")) {
            assertThat(WHAT_FITS.load(file, net).names()).isEmpty();
        }
        assertThat(firstValues(net)).containsExactly(0f);
    }

    @Test
    void indicesOfAnotherNetworkLoadNothing() throws IOException {
        Block net = linears(4); // which the file has at 0, 2, 4 and 6
        try (StateDict file = layers("0", "2", "4", "6")) {
            assertThatThrownBy(() -> BY_NAME.load(file, net))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("missing [02Linear.weight, 04Linear.weight]")
                    .hasMessageContaining("unexpected [4.weight, 6.weight]");
            assertThat(WHAT_FITS.load(file, net).names()).isEmpty();
        }
        assertThat(firstValues(net)).containsExactly(0f, 0f, 0f, 0f);
    }

    @Test
    void theStartOfALongerNetworkIsLoadedIfNotAllMustFit() throws IOException {
        Block net = linears(3);
        try (StateDict file = layers("0", "1")) {
            assertThat(WHAT_FITS.load(file, net).missing()).containsExactly("03Linear.weight");
        }
        assertThat(firstValues(net)).containsExactly(1f, 2f, 0f);
    }

    @Test
    void aChildHasTheNameThatItWasGiven() throws IOException {
        Block net = initialized(new TwoLayers());
        try (StateDict file = layers("decoder.0", "encoder")) {
            BY_NAME.load(file, net);
        }
        assertThat(firstValues(net)).containsExactly(2f, 1f);
    }

    @Test
    void orderPairsLayersOfAnyNames() throws IOException {
        Block net = net();
        try (StateDict file = layers("stem", "body.conv", "a.head")) {
            assertThat(BY_ORDER.load(file, net).checkpointName("03Linear.weight"))
                    .isEqualTo("body.conv.weight");
        }
        assertThat(firstValues(net)).containsExactly(1f, 2f, 3f);
    }

    @Test
    void orderPairsWeightWithWeightWhicheverIsFirst() throws IOException {
        Block net = initialized(GroupNorm.builder().setNumGroups(1).build());
        Path file =
                new TorchFile()
                        .floats("norm.bias", new long[] {2}, 3, 4)
                        .floats("norm.weight", new long[] {2}, 5, 6)
                        .write(folder);
        try (StateDict dict = StateDict.read(file)) {
            BY_ORDER.load(dict, net);
        }
        assertThat(firstValues(net)).containsExactly(5f, 3f);
    }

    @Test
    void orderNeverPairsAcrossLayers() throws IOException {
        Block net =
                initialized(
                        new SequentialBlock()
                                .add(GroupNorm.builder().setNumGroups(1).build())
                                .add(GroupNorm.builder().setNumGroups(1).build()));
        TorchFile torch = new TorchFile();
        for (String layer : List.of("bn1", "bn2")) {
            float v = layer.equals("bn1") ? 1 : 5;
            torch.floats(layer + ".weight", new long[] {2}, v, v)
                    .floats(layer + ".bias", new long[] {2}, v + 1, v)
                    .floats(layer + ".running_mean", new long[] {2}, v + 2, v)
                    .floats(layer + ".running_var", new long[] {2}, v + 3, v);
        }
        try (StateDict file = StateDict.read(torch.write(folder))) {
            LoadReport report = WHAT_FITS_BY_ORDER.load(file, net);
            assertThat(report.unexpected())
                    .containsExactly(
                            "bn1.running_mean",
                            "bn1.running_var",
                            "bn2.running_mean",
                            "bn2.running_var");
            assertThatThrownBy(() -> BY_ORDER.load(file, net))
                    .hasMessageContaining("unexpected [bn1.running_mean");
        }
        assertThat(firstValues(net)).containsExactly(1f, 2f, 5f, 6f);
    }

    @Test
    void orderOfAnotherNumberOfLayersIsRefused() throws IOException {
        Block net = net();
        try (StateDict file = layers("a", "b", "c", "d")) {
            for (WeightLoader loader : List.of(BY_ORDER, WHAT_FITS_BY_ORDER)) {
                assertThatThrownBy(() -> loader.load(file, net))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(
                                "weights go by order only from as many layers: expected 3 layers,"
                                        + " from 01Linear on, got 4, from a on; map the names with"
                                        + " optNames");
            }
        }
        assertThat(firstValues(net)).containsExactly(0f, 0f, 0f);
    }

    @Test
    void orderOfLayersOfAnotherKindIsRefused() throws IOException {
        Block net =
                initialized(new SequentialBlock().add(linear()).add(BatchNorm.builder().build()));
        try (StateDict file = layers("stem", "norm")) {
            assertThatThrownBy(() -> WHAT_FITS_BY_ORDER.load(file, net))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(
                            "expected 02BatchNorm[weight, bias, running_mean, running_var], got"
                                    + " norm[weight] with other numbers of dimensions");
        }
    }

    @Test
    void indicesInTheAlphabetsOrderAreOrderedAsNumbers() throws IOException {
        Block net = linears(11);
        try (StateDict file =
                layers(
                        "x.0.w", "x.1.w", "x.10.w", "x.2.w", "x.3.w", "x.4.w", "x.5.w", "x.6.w",
                        "x.7.w", "x.8.w", "x.9.w")) {
            BY_ORDER.load(file, net);
        }
        assertThat(firstValues(net)).containsExactly(1f, 2f, 4f, 5f, 6f, 7f, 8f, 9f, 10f, 11f, 3f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bn, conv, fc", "layer1.a, layer1.b, layer2.a", "features.0, x, y"})
    void namesInTheAlphabetsOrderGiveNoOrder(String paths) throws IOException {
        Block net = linears(3);
        try (StateDict file = layers(paths.split(", ", -1))) {
            assertThatThrownBy(() -> BY_ORDER.load(file, net))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected the order of state_dict(), got the alphabet's");
        }
        assertThat(firstValues(net)).containsExactly(0f, 0f, 0f);
    }

    @Test
    void aTensorThatIsRefusedIsToldForItsParameter() throws IOException {
        Block net = linears(1);
        TorchFile torch = new TorchFile().entry("data/0", new byte[32]);
        torch.tensor(
                "0.weight", "ComplexFloatStorage", "0", 4, 0, new long[] {2, 2}, new long[] {2, 1});
        try (StateDict file = StateDict.read(torch.write(folder))) {
            assertThatThrownBy(() -> BY_NAME.load(file, net))
                    .hasMessageContaining("unfit [0.weight for 01Linear.weight: ")
                    .hasMessageContaining("ComplexFloatStorage");
        }
    }
}
