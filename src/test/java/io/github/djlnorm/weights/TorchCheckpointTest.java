package io.github.djlnorm.weights;

import static io.github.djlnorm.weights.Fixtures.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code torch.save} and {@code torch.jit.save} write, now and before, under its keys. */
class TorchCheckpointTest {

    @TempDir private Path folder;

    @Test
    void bigEndianCheckpointIsRead() throws IOException {
        Path file =
                new TorchFile()
                        .entry("byteorder", "big".getBytes(StandardCharsets.UTF_8))
                        .entry("data/0", ByteBuffer.allocate(8).putFloat(1.5f).putFloat(-2).array())
                        .tensor("w", "FloatStorage", "0", 2, 0, new long[] {2}, new long[] {1})
                        .write(folder);
        try (StateDict dict = StateDict.read(file)) {
            assertThat(values(dict, "w")).containsExactly(1.5, -2);
        }
    }

    @Test
    void compressedCheckpointIsRead() throws IOException {
        Path file = new TorchFile().floats("w", new long[] {3}, 1, 2, 3).deflated().write(folder);
        try (StateDict dict = StateDict.read(file)) {
            assertThat(values(dict, "w")).containsExactly(1, 2, 3);
        }
    }

    @Test
    void stateDictInsideACheckpointIsReadByItsKey() throws IOException {
        try (StateDict dict = StateDict.read(Fixtures.file("checkpoint.pth"), "model")) {
            assertThat(dict.tensors().keySet())
                    .startsWith("0.weight", "1.weight", "1.bias", "1.running_mean")
                    .contains("1.num_batches_tracked")
                    .endsWith("11.weight", "11.bias");
            assertThat(values(dict, "1.num_batches_tracked")).containsExactly(5);
        }
    }

    @Test
    void theOnlyStateDictOfACheckpointNeedsNoKey() throws IOException {
        try (StateDict found = StateDict.read(Fixtures.file("checkpoint.pth"));
                StateDict named = StateDict.read(Fixtures.file("checkpoint.pth"), "model")) {
            assertThat(found.tensors().keySet())
                    .containsExactlyElementsOf(named.tensors().keySet());
        }
    }

    @Test
    void whatTorchSaveWroteBeforeItsZipFormatIsRead() throws IOException {
        try (StateDict old = StateDict.read(Fixtures.file("old.pth"));
                StateDict zipped = StateDict.read(Fixtures.file("checkpoint.pth"))) {
            assertThat(old.tensors().keySet()).containsExactlyElementsOf(zipped.tensors().keySet());
            for (String name : zipped.tensors().keySet()) {
                assertThat(values(old, name)).as(name).isEqualTo(values(zipped, name));
            }
        }
    }

    @Test
    void aKeyMayBeAPathAndSeveralStateDictsAreListed() throws IOException {
        TorchFile torch = new TorchFile();
        torch.text("state").raw('}').text("model").raw('}', '(');
        torch.floats("w", new long[] {2}, 1, 2).raw('u', 's');
        torch.text("ema.0").raw('}', '(').floats("w", new long[] {2}, 3, 4).raw('u');
        Path file = torch.write(folder);
        assertThatThrownBy(() -> StateDict.read(file))
                .isInstanceOf(MalformedWeightsException.class)
                .hasMessageContaining(
                        "it holds 2 state dicts; give the key of one: state.model, ema.0");
        try (StateDict model = StateDict.read(file, "state.model");
                StateDict ema = StateDict.read(file, "ema.0")) {
            assertThat(values(model, "w")).containsExactly(1, 2);
            assertThat(values(ema, "w")).containsExactly(3, 4);
        }
    }

    @Test
    void tensorsBesideTheStateDictNeedNoKey() throws IOException {
        TorchFile torch = new TorchFile().floats("loss", new long[] {1}, 5);
        torch.text("net").raw('}', '(').floats("0.weight", new long[] {1}, 1).raw('u');
        torch.text("callbacks").raw('}', '(').floats("best", new long[] {1}, 6).raw('u');
        Path file = torch.write(folder);
        try (StateDict net = StateDict.read(file);
                StateDict all = StateDict.read(file, ".");
                StateDict streamed =
                        StateDict.read(
                                new ByteArrayInputStream(Files.readAllBytes(file)), "callbacks")) {
            assertThat(net.tensors().keySet()).containsExactly("0.weight");
            assertThat(all.tensors().keySet()).containsExactly("loss");
            assertThat(streamed.tensors().keySet()).containsExactly("best");
        }
    }

    @Test
    void protocol0HasItsStoragesAndEscapesAsText() throws IOException {
        TorchFile torch = new TorchFile().entry("data/7", TorchFile.floats(1, 2));
        torch.ascii("V\\u20ac.w\nctorch._utils\n_rebuild_tensor_v2\n(");
        torch.ascii("P('storage', <class 'torch.FloatStorage'>, '7', 'cpu', 2)\n");
        torch.ascii("I0\n(I2\nt(L1L\ntI00\nNtRS'it\\'s \\x41'\nN");
        try (StateDict dict = StateDict.read(torch.write(folder))) {
            assertThat(dict.tensors().keySet()).containsExactly("\u20ac.w");
            assertThat(values(dict, "\u20ac.w")).containsExactly(1, 2);
        }
    }

    @Test
    void ofTorchScriptOnlyParametersAndBuffersAreRead() throws IOException {
        String code =
                """
                class Net(Module):
                  __parameters__ = ["weight", ]
                  __buffers__ = ["mean", ]
                  plain : Tensor
                """;
        TorchFile torch =
                new TorchFile()
                        .entry("code/__torch__/my.py", code.getBytes(StandardCharsets.US_ASCII));
        torch.text("net").global("__torch__.my", "Net").raw(')', 0x81, '}', '(');
        torch.floats("plain", new long[] {1}, 1).floats("mean", new long[] {1}, 2);
        torch.floats("weight", new long[] {1}, 3).raw('u', 'b');
        try (StateDict dict = StateDict.read(torch.write(folder))) {
            assertThat(dict.tensors().keySet()).containsExactly("mean", "weight");
        }
    }

    @Test
    void aWholeModuleIsReadByTheNamesOfItsStateDict() throws IOException {
        TorchFile torch = new TorchFile().text("net").global("my.own", "Net").raw(')', 0x81);
        torch.raw('}', '(').text("training").raw(0x88).text("_parameters").raw('}', '(');
        torch.floats("weight", new long[] {1}, 1).text("bias").raw('N', 'u');
        torch.text("_buffers").raw('}', '(').floats("scratch", new long[] {1}, 9);
        torch.floats("mean", new long[] {1}, 2).raw('u');
        torch.text("_non_persistent_buffers_set").global("builtins", "set");
        torch.raw('(', ']').text("scratch").raw('a', 't', 'R');
        torch.text("_modules").raw('}', '(').text("0").global("torch.nn", "Linear");
        torch.raw(')', 0x81, '}', '(').text("_parameters").raw('}', '(');
        torch.floats("weight", new long[] {2}, 3, 4).raw('u', 'u', 'b', 'u', 'u', 'b');
        try (StateDict dict = StateDict.read(torch.write(folder))) {
            assertThat(dict.tensors().keySet()).containsExactly("weight", "mean", "0.weight");
            assertThat(values(dict, "0.weight")).containsExactly(3, 4);
        }
    }

    @Test
    void unknownKeyIsToldWithTheKeys() {
        assertThatThrownBy(() -> StateDict.read(Fixtures.file("checkpoint.pth"), "net"))
                .isInstanceOf(MalformedWeightsException.class)
                .hasMessageContaining("it has no key 'net'; give the key of one: model");
    }

    @Test
    void pickleProtocol4IsRead() throws IOException {
        try (StateDict dict = StateDict.read(Fixtures.file("protocol4.pth"));
                StateDict protocol2 = StateDict.read(Fixtures.file("checkpoint.pth"), "model")) {
            assertThat(dict.tensors().keySet())
                    .containsExactlyElementsOf(protocol2.tensors().keySet());
            assertThat(values(dict, "0.weight")).isEqualTo(values(protocol2, "0.weight"));
        }
    }
}
