package io.github.djlnorm.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.Norm;
import io.github.djlnorm.models.UNet;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.weights.LoadReport;
import io.github.djlnorm.weights.StateDict;
import io.github.djlnorm.weights.WeightLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A U-Net that real PyTorch trained, here and, with other weights, back again. */
class UNetCheckpointTest {

    @RegisterExtension static final RealPyTorch PYTORCH = new RealPyTorch();

    @TempDir private Path folder;
    @Managed private NDManager manager;

    @Test
    void aTrainedNetGivesTheSameHereAndBackThere() throws IOException {
        Path trained = folder.resolve("trained.pth");
        Path request = Files.createFile(folder.resolve("new.txt"));
        PYTORCH.get().run(UNetCheckpointTest.class, "unet.py", request, trained);

        Block net =
                UNet.builder()
                        .setNorm(Norm.group(2))
                        .optWidth(4)
                        .optDepth(2)
                        .optOutChannels(3)
                        .build();
        NDArray x;
        LoadReport report;
        try (StateDict example = StateDict.read(trained, "example");
                StateDict weights = StateDict.read(trained, "model")) {
            x = example.get("x", manager);
            net.initialize(manager, DataType.FLOAT32, x.getShape());
            report = WeightLoader.builder().optOrder(true).build().load(weights, net);
            assertEqualToRounding(forward(net, x), example.get("y", manager));
        }

        for (Parameter parameter : net.getParameters().values()) {
            parameter.getArray().muli(0.5f);
        }
        Path exported = folder.resolve("back.pth");
        StateDict.of(net, report::checkpointName).write(exported);
        Path reply = folder.resolve("y.npz");
        PYTORCH.get().run(UNetCheckpointTest.class, "unet.py", exported, reply);
        // The script draws the same input anew.
        try (StateDict outputs = StateDict.read(reply)) {
            assertEqualToRounding(forward(net, x), outputs.get("y", manager));
        }
    }

    private NDArray forward(Block net, NDArray x) {
        assertThat(x.getShape()).isEqualTo(new Shape(2, 3, 21, 18));
        ParameterStore store = new ParameterStore(manager, false);
        return net.forward(store, new NDList(x), false).singletonOrThrow();
    }

    private static void assertEqualToRounding(NDArray ours, NDArray torchs) {
        float largest = torchs.abs().max().getFloat();
        assertThat(largest).isGreaterThan(0.01f);
        assertThat(ours.getShape()).isEqualTo(torchs.getShape());
        assertThat(ours.sub(torchs).abs().max().getFloat())
                .isCloseTo(0, within(16 * Math.ulp(largest)));
    }
}
