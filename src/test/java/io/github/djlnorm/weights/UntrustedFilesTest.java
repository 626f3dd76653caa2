package io.github.djlnorm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that mean harm: each is refused with its reason. */
class UntrustedFilesTest {

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
    void aPickleThatIsNotOfTorchIsRefusedWithTheCure() throws IOException {
        Path file = Files.write(folder.resolve("dict.pkl"), new byte[] {(byte) 0x80, 4, '}', '.'});
        assertRefused(
                file,
                "it is a bare pickle, and not of torch.save; in Python: import torch; s = torch.load(");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "version https://git-lfs.github.com/spec/v1 | git lfs pull",
                "<!DOCTYPE html> | it is a web page: download the file itself",
                "<html> | it is a web page",
                "\u0089HDF | it is HDF5",
                "GGUF\u0003 | it is GGUF",
                "\u0093NUMPY\u0001 | it is a single array of NumPy",
                "'\u001f\u008b\b' | it is packed by gzip",
                "'\b\u0007\u0012\u0007pytorch' | ONNX",
                "no weights at all | expected a file of torch.save, safetensors or npz",
            })
    void whatIsNoCheckpointIsToldWithTheCure(String start, String message) throws IOException {
        Path file = folder.resolve("weights.pth");
        Files.write(file, start.getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(file, "this is no checkpoint: ");
        assertRefused(file, message);
    }

    @Test
    void emptyFilesAndTarArchivesAreToldToo() throws IOException {
        Path file = folder.resolve("weights.pth");
        assertRefused(Files.write(file, new byte[0]), "it is empty: download or copy it again");
        byte[] tar = new byte[512];
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
        assertRefused(Files.write(file, tar), "it is a tar archive");
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

    @Test
    void zipBombIsRefused() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("w.npy"));
            zip.write(new byte[1_000_000]);
        }
        ByteBuffer archive = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        int directory = archive.getInt(archive.capacity() - 6);
        archive.putInt(directory + 24, Integer.MAX_VALUE); // its size, inflated
        assertRefused(
                Files.write(folder.resolve("bomb.npz"), archive.array()),
                "would expand to more than");
    }

    @Test
    void archivesOfZerosAreNoBombs() throws IOException {
        int values = 10_000_000;
        String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }";
        byte[] header =
                ("\u0093NUMPY\1\0v\0" + text.formatted(values))
                        .getBytes(StandardCharsets.ISO_8859_1);
        byte[] npy = new byte[128 + Float.BYTES * values];
        Arrays.fill(npy, 0, 128, (byte) ' ');
        System.arraycopy(header, 0, npy, 0, header.length);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("w.npy"));
            zip.write(npy);
        }
        Path file = Files.write(folder.resolve("zeros.npz"), bytes.toByteArray());
        try (StateDict dict = StateDict.read(file)) {
            assertThat(dict.tensors().get("w").shape().size()).isEqualTo(values);
        }
    }

    @Test
    void zipThatIsNoCheckpointIsRefused() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("readme.txt"));
        }
        assertRefused(
                Files.write(folder.resolve("other.zip"), bytes.toByteArray()),
                "this zip archive holds no weights");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}} | 8 | expected 4 bytes of"
                        + " tensors, got 8",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 4 | expected 8 bytes of"
                        + " tensors, got 4",
                "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} | 8 | elements 0 to 3 in 8 bytes",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | 8 | expected a tensor at"
                        + " 0, got one from 4 to 8",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],"
                        + "'data_offsets':[4,8]}} | 8 | expected a tensor at 8, got one from 4 to 8",
                "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,8]}} | 8 | the negative size -1",
                "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,8]}} | 8 |"
                        + " a shape that is too large",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | 8 | got one from 8 to 0",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,99999999999999999999]}} | 8 |"
                        + " damaged",
                "{'a':{'dtype':'F32','shape':[2]}} | 8 | expected dtype, shape and two",
                "{'a':{'dtype':'F32','shape':['2'],'data_offsets':[0,8]}} | 8 | expected a number, got a"
                        + " string",
                "{'a':{'dtype':'F32','shape':[2.5],'data_offsets':[0,8]}} | 8 | damaged",
                "{'a':[]} | 0 | the safetensors header is",
                "[] | 0 | this is no checkpoint",
                "{} {} | 0 | the safetensors header is",
                "{'a' | 0 | the safetensors header is no JSON",
            })
    void wrongSafetensorsHeaderIsRefused(String json, int dataBytes, String message)
            throws IOException {
        byte[] header = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ByteBuffer file =
                ByteBuffer.allocate(Long.BYTES + header.length + dataBytes)
                        .order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header);
        assertRefused(Files.write(folder.resolve("weights.safetensors"), file.array()), message);
    }

    @Test
    void headerOfGigabytesIsRefused() throws IOException {
        for (long length : new long[] {1L << 34, Long.MAX_VALUE}) {
            ByteBuffer file = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
            file.putLong(length).put((byte) '{');
            assertRefused(
                    Files.write(folder.resolve("weights.safetensors"), file.array()),
                    "a size or offset in it is wrong");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } | elements 0 to 3 in 8 bytes",
                "{'descr': '<f4', 'fortran_order': True, 'shape': (99999999999, 99999999999), } |"
                        + " a shape that is too large",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), } | the"
                        + " shape",
                "{'descr': '<O', 'fortran_order': False, 'shape': (1,), } | the header",
                "__import__('os').system('touch executed') | the header",
            })
    void wrongNpyHeaderIsRefused(String header, String message) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer npy = ByteBuffer.allocate(10 + text.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        npy.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        npy.putShort((short) text.length).put(text);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("w.npy"));
            zip.write(npy.array());
        }
        assertRefused(Files.write(folder.resolve("weights.npz"), bytes.toByteArray()), message);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 100})
    void fileOfAlmostNothingIsRefused(int bytes) throws IOException {
        assertRefused(Files.write(folder.resolve("nothing.pth"), new byte[bytes]), "");
    }

    private void assertRefused(TorchFile torch, String message) throws IOException {
        assertRefused(torch.write(folder), message);
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> StateDict.read(file).close())
                .isInstanceOf(MalformedWeightsException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }
}
