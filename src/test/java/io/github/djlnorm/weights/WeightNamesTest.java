package io.github.djlnorm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.recurrent.LSTM;
import io.github.djlnorm.ChannelLayerNorm;
import io.github.djlnorm.FrozenBatchNorm;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.RMSNorm;
import io.github.djlnorm.convolutional.ConvTranspose;
import io.github.djlnorm.testing.Managed;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The names and shapes that a block's parameters have in a state dict. */
class WeightNamesTest {

    private static final Shape IMAGES = new Shape(2, 3, 6, 6);

    @TempDir private Path folder;
    @Managed private NDManager manager;

    private <B extends Block> B initialized(B block, Shape shape) {
        block.initialize(manager, DataType.FLOAT32, shape);
        return block;
    }

    private Block groupNorm(int channels) {
        return initialized(GroupNorm.builder().setNumGroups(1).build(), new Shape(1, channels, 4));
    }

    private static Set<String> names(Block block) {
        return StateDict.of(block).tensors().keySet();
    }

    private static Map<String, Shape> shapes(StateDict dict) {
        return dict.tensors().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().shape()));
    }

    @Test
    void recurrentLayersHavePyTorchsNames() {
        Block lstm =
                initialized(
                        LSTM.builder()
                                .setStateSize(4)
                                .setNumLayers(2)
                                .optBidirectional(true)
                                .build(),
                        new Shape(1, 5, 3));

        assertThat(shapes(StateDict.of(lstm)))
                .hasSize(16)
                .containsEntry("weight_ih_l0", new Shape(16, 3))
                .containsEntry("weight_hh_l0_reverse", new Shape(16, 4))
                .containsEntry("weight_ih_l1_reverse", new Shape(16, 8))
                .containsEntry("bias_hh_l1", new Shape(16));
    }

    @Test
    void aFrozenBatchNormKeepsItsWeightAndBias() {
        Block norm = initialized(BatchNorm.builder().build(), IMAGES);
        norm.freezeParameters(true);

        assertThat(names(norm)).startsWith("weight", "bias", "running_mean");
    }

    @Test
    void prefixEndsAtADot() {
        UnaryOperator<String> names =
                WeightNames.builder().optPrefix("01Conv", "stem").optPrefix("", "module").build();

        assertThat(names.apply("01Conv.weight")).isEqualTo("stem.weight");
        assertThat(names.apply("01Conv2d.weight")).isEqualTo("module.01Conv2d.weight");
    }

    @Test
    void kinOfTheNormsHavePyTorchsNames() {
        assertThat(names(initialized(FrozenBatchNorm.builder().build(), IMAGES)))
                .containsExactly(
                        "weight", "bias", "running_mean", "running_var", "num_batches_tracked");
        assertThat(names(initialized(RMSNorm.builder().build(), IMAGES))).containsExactly("weight");
        assertThat(names(initialized(RMSNorm.builder().optScale(false).build(), IMAGES))).isEmpty();
        assertThat(names(initialized(ChannelLayerNorm.builder().build(), IMAGES)))
                .containsExactly("weight", "bias");
        assertThat(names(initialized(BatchNorm.builder().optScale(false).build(), IMAGES)))
                .startsWith("bias", "running_mean");
    }

    @Test
    void embeddingHasPyTorchsLayoutAndName() {
        Block block =
                initialized(
                        TrainableWordEmbedding.builder()
                                .setEmbeddingSize(4)
                                .setVocabulary(new DefaultVocabulary(List.of("one", "two")))
                                .build(),
                        new Shape(3));

        assertThat(shapes(StateDict.of(block))).isEqualTo(Map.of("weight", new Shape(2, 4)));
    }

    @Test
    void transposedConvolutionHasPyTorchsLayout() {
        Block block =
                initialized(
                        ConvTranspose.builder()
                                .setFilters(5)
                                .setKernelShape(new Shape(2, 3))
                                .build(),
                        new Shape(1, 4, 6, 6));

        assertThat(shapes(StateDict.of(block)))
                .isEqualTo(Map.of("weight", new Shape(4, 5, 2, 3), "bias", new Shape(5)));
    }

    @Test
    void twoParametersOfOneNameAreRefused() {
        assertThatThrownBy(() -> StateDict.of(groupNorm(2), name -> "same"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got two named same");
    }

    @Test
    void formatIsToldByTheName() {
        Path file = folder.resolve("weights.bin");
        assertThatThrownBy(() -> StateDict.of(groupNorm(2)).write(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected .safetensors, .npz, .pth or .pt, got " + file);
        assertThat(file).doesNotExist();
    }

    @Test
    void nameThatSafetensorsKeepsForItselfIsRefused() {
        Path file = folder.resolve("weights.safetensors");
        StateDict dict = StateDict.of(groupNorm(2), n -> n.equals("bias") ? "__metadata__" : n);
        assertThatThrownBy(() -> dict.write(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected another one than __metadata__");
        assertThat(folder.toFile().list()).isEmpty();
    }
}
