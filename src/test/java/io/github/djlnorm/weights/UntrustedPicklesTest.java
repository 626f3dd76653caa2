package io.github.djlnorm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints of {@code torch.save} that mean harm: each is refused with its reason. */
class UntrustedPicklesTest {

    private static final long[] TWO = {2};
    private static final long[] ONE = {1};

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"evil.pth", "evil4.pth"})
    void pickleThatWouldRunACommandRunsNothing(String file) throws IOException {
        try (StateDict dict = StateDict.read(Fixtures.file(file))) {
            assertThat(dict.tensors()).doesNotContainKey("evil");
        } catch (MalformedWeightsException e) {
            assertThat(e).hasMessageContaining("posix.system");
        }
        assertThat(Path.of("executed")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "os, system",
        "builtins, eval",
        "torch, load",
        "torch.storage, UntypedStorage",
        "java.lang, Runtime",
    })
    void whatANameWouldMakeIsCarriedAndNotMade(String module, String name) throws IOException {
        TorchFile torch = new TorchFile().floats("w", TWO, 1, 2);
        torch.text("called").global(module, name).raw('(').text("touch executed").raw('t', 'R');
        torch.text("made").ascii("(i" + module + "\n" + name + "\n");
        try (StateDict dict = StateDict.read(torch.write(folder))) {
            assertThat(dict.tensors().keySet()).containsExactly("w");
        }
        assertThat(Path.of("executed")).doesNotExist();
    }

    @Test
    void aTensorThatDependsOnAnUnknownNameIsRefusedAlone() throws IOException {
        TorchFile torch = new TorchFile().floats("w", TWO, 1, 2);
        torch.text("v").global("torch._utils", "_rebuild_tensor_v2").raw('(');
        torch.global("os", "system").raw(')', 'R', 'N', 'N', 'N', 't', 'R');
        try (StateDict dict = StateDict.read(torch.write(folder))) {
            assertThat(dict.tensors().keySet()).containsExactly("w");
            assertThat(dict.refused()).containsEntry("v", "it depends on os.system");
        }
    }

    @Test
    void nameIsShownInOneShortLine() throws IOException {
        String name = "a\r\u0007" + "b".repeat(10_000);
        assertThatThrownBy(() -> StateDict.read(new TorchFile().write(folder), name).close())
                .hasMessageMatching("[^\\p{Cntrl}]{1,400}");
    }

    @Test
    void aTensorWhoseElementsShareAPlaceIsRefusedAlone() throws IOException {
        try (StateDict dict = StateDict.read(Fixtures.file("expanded.pth"));
                NDManager manager = NDManager.newBaseManager()) {
            assertThat(dict.tensors()).isEmpty();
            assertThatThrownBy(() -> dict.get("expanded", manager))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(
                            "got its elements share a place, with stride 0 over 1 elements; save it"
                                    + " with contiguous()");
        }
    }

    @Test
    void shapesThatTheStorageCannotHoldAreRefused() throws IOException {
        assertTensorRefused("elements 0 to 3 in 8 bytes", 0, new long[] {3}, ONE);
        assertTensorRefused("elements 1 to 3 in 8 bytes", 1, TWO, ONE);
        assertTensorRefused("elements -1 to 1 in 8 bytes", -1, TWO, ONE);
        assertTensorRefused("elements 0 to 3 in 8 bytes", 0, TWO, TWO);
        assertTensorRefused("the negative stride -1", 0, TWO, new long[] {-1});
        assertTensorRefused("the negative size -2", 0, new long[] {-2}, ONE);
        assertTensorRefused("1 sizes and 2 strides", 0, TWO, new long[] {1, 1});
        assertTensorRefused("a tensor has 65 dimensions", 0, new long[65], new long[65]);
        long huge = 1L << 62;
        assertTensorRefused("a shape that is too large", 0, new long[] {huge}, ONE);
        assertTensorRefused("a shape that is too large", huge, TWO, ONE);
        assertTensorRefused("a shape that is too large", 0, TWO, new long[] {Long.MAX_VALUE});
        assertTensorRefused(
                "a shape that is too large",
                0,
                new long[] {1L << 32, 1L << 32, 0},
                new long[] {1, 1, 1});
    }

    private void assertTensorRefused(String message, long offset, long[] sizes, long[] strides)
            throws IOException {
        assertRefused(
                new TorchFile()
                        .entry("data/0", TorchFile.floats(1, 2))
                        .tensor("w", "FloatStorage", "0", 2, offset, sizes, strides),
                message);
    }

    @Test
    void storageOfAnotherSizeIsRefused() throws IOException {
        assertRefused(
                new TorchFile()
                        .entry("data/0", TorchFile.floats(1, 2))
                        .tensor("w", "DoubleStorage", "0", 2, 0, TWO, ONE),
                "storage '0' has 8 bytes for 2 elements of DoubleStorage");
        assertRefused(
                new TorchFile().tensor("w", "FloatStorage", "../0", 2, 0, TWO, ONE),
                "there is no storage '../0'");
    }

    @Test
    void tensorsThatOverlapWithoutEndAreRefused() throws IOException {
        TorchFile torch = new TorchFile().entry("data/0", new byte[1 << 23]);
        for (int i = 0; i < 100; i++) {
            torch.tensor("w" + i, "ByteStorage", "0", 1 << 23, 0, new long[] {1 << 23}, ONE);
        }
        assertRefused(torch, "its tensors overlap");
    }

    @Test
    void picklesThatAskForMemoryAreRefused() throws IOException {
        assertRefused(new TorchFile().length('X', Integer.MAX_VALUE), "the pickle is cut off");
        assertRefused(new TorchFile().length('X', -1), "the pickle is cut off");
        TorchFile endless = new TorchFile();
        for (int i = 0; i < 1_700_000; i++) {
            endless.raw(']');
        }
        assertRefused(endless, "reading it would take more than 128 MiB beside the tensors");
        TorchFile longer = new TorchFile();
        for (int i = 0; i < 6_000_000; i++) {
            longer.raw('N');
        }
        assertRefused(longer, "more than 6000000 instructions");
    }

    @ParameterizedTest
    @ValueSource(strings = {"R", "t", "u", "s", "a", "e", "b", "Q", "\u0085", "h\u0007", "q\u0007"})
    void instructionsWithoutTheirValuesAreRefused(String instructions) throws IOException {
        // The first mark and dict are taken away, so that nothing is left to work on.
        TorchFile torch = new TorchFile().raw('u', 'a');
        instructions.chars().forEach(torch::raw);
        assertRefused(torch, "the pickle");
    }

    @Test
    void containersThatHoldThemselvesDoNoHarm() throws IOException {
        // A list appended to itself, as the key of a dict; and a dict that holds itself.
        TorchFile torch = new TorchFile().floats("w", TWO, 1, 2);
        torch.raw(']', 'q', 0, 'h', 0, 'a').text("value");
        torch.text("self").raw('}', 'q', 1).text("d").raw('h', 1, 's');
        try (StateDict dict = StateDict.read(torch.write(folder))) {
            assertThat(dict.tensors().keySet()).containsExactly("w");
        }
    }

    @Test
    void aModuleThatHoldsItselfIsRefused() throws IOException {
        TorchFile torch = new TorchFile().text("m").global("my", "Net").raw(')', 0x81, 'q', 0);
        torch.raw('}').text("_parameters").raw('}', 's').text("_modules").raw('}');
        torch.text("inner").raw('h', 0, 's', 's', 'b');
        assertRefused(torch, "more than 100 deep, or one is in itself");
    }

    @Test
    void unknownInstructionIsRefused() throws IOException {
        assertRefused(new TorchFile().raw('~'), "does not write: 0x7e");
    }

    private void assertRefused(TorchFile torch, String message) throws IOException {
        Fixtures.assertRefused(torch.write(folder), message);
    }
}
