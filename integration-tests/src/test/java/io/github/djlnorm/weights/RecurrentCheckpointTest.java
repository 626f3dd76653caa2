package io.github.djlnorm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.parity.RealPyTorch;
import io.github.djlnorm.testing.Managed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A recurrent layer of real PyTorch's gives the same output here, by its names alone. */
class RecurrentCheckpointTest {

    @RegisterExtension static final RealPyTorch PYTORCH = new RealPyTorch();

    @TempDir private Path folder;
    @Managed private NDManager manager;

    @Test
    void anLstmOfTwoLayersGivesTheSameOutput() throws IOException {
        Path made = folder.resolve("made.pth");
        PYTORCH.get()
                .run(
                        RecurrentCheckpointTest.class,
                        "recurrent.py",
                        Files.createFile(folder.resolve("request.txt")),
                        made);
        try (StateDict data = StateDict.read(made, "data");
                StateDict weights = StateDict.read(made)) {
            NDArray x = data.get("x", manager);
            Block lstm = LSTM.builder().setStateSize(4).setNumLayers(2).build();
            lstm.initialize(manager, DataType.FLOAT32, x.getShape());

            WeightLoader.builder().build().load(weights, lstm);

            NDArray y =
                    lstm.forward(new ParameterStore(manager, false), new NDList(x), false).get(0);
            assertThat(y.toFloatArray())
                    .containsExactly(data.get("y", manager).toFloatArray(), within(1e-6f));
        }
    }
}
