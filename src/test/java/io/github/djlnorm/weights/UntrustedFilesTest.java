package io.github.djlnorm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlnorm.weights.format.MalformedWeightsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    void pickleThatWouldRunACommandIsRefusedByItsName(String file) {
        assertRefused(
                Fixtures.file(file),
                "asks for posix.system, which weights do not need; it was not");
        assertThat(Path.of("executed")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "os, system",
        "builtins, eval",
        "torch, load",
        "torch.storage, UntypedStorage",
        "collections, Counter",
        "java.lang, Runtime",
    })
    void everyNameOutsideTheListIsRefused(String module, String name) throws IOException {
        assertRefused(
                new TorchFile().text("w").global(module, name), "asks for " + module + "." + name);
        assertRefused(
                new TorchFile().text("w").ascii("(i" + module + "\n" + name + "\n"),
                "asks for " + module + "." + name);
    }

    @Test
    void nameIsShownInOneShortLine() throws IOException {
        assertThatThrownBy(
                        () ->
                                read(
                                        new TorchFile()
                                                .text("w")
                                                .global("a\r\u0007" + "b".repeat(10_000), "c")))
                .hasMessageMatching("[^\\p{Cntrl}]{1,400}");
    }

    @Test
    void barePickleIsRefused() {
        assertRefused(Fixtures.file("old.pth"), "a bare pickle, as torch.save wrote before");
    }

    @Test
    void tensorWhoseElementsShareAPlaceIsRefused() {
        assertRefused(
                Fixtures.file("expanded.pth"),
                "elements that share a place, with stride 0 over 1 elements; save it with"
                        + " contiguous()");
    }

    @Test
    void shapesThatTheStorageCannotHoldAreRefused() throws IOException {
        assertTensorRefused("elements 0 to 3 in 8 bytes", 0, new long[] {3}, ONE);
        assertTensorRefused("elements 1 to 3 in 8 bytes", 1, TWO, ONE);
        assertTensorRefused("elements -1 to 1 in 8 bytes", -1, TWO, ONE);
        assertTensorRefused("elements 0 to 3 in 8 bytes", 0, TWO, TWO);
        assertTensorRefused("stride -1 over 1 elements", 0, TWO, new long[] {-1});
        assertTensorRefused("the negative size -2", 0, new long[] {-2}, ONE);
        assertTensorRefused("1 sizes and 2 strides", 0, TWO, new long[] {1, 1});
        assertTensorRefused("65 sizes and 65 strides", 0, new long[65], new long[65]);
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
                "storage '0' has 8 bytes for 2 elements of float64");
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
        for (int i = 0; i < 4_100_000; i++) {
            endless.raw(']');
        }
        assertRefused(endless, "more than 4000000 instructions");
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
        // A list appended to itself, as the key of a dict.
        assertRefused(
                new TorchFile().raw(']', 'q', 0, 'h', 0, 'a').text("value"),
                "a text or a number as the key of a dict");
        // A dict that holds itself.
        assertRefused(
                new TorchFile().text("self").raw('}', 'q', 0).text("d").raw('h', 0, 's'),
                "it is no state dict: 'self' is a dict");
    }

    @Test
    void unknownInstructionIsRefused() throws IOException {
        assertRefused(new TorchFile().raw('P'), "does not write: 0x50");
    }

    @Test
    void zipBombIsRefused() throws IOException {
        byte[] zeros = new byte[30_000_000];
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("w.npy"));
            zip.write(zeros);
        }
        assertRefused(
                Files.write(folder.resolve("bomb.npz"), bytes.toByteArray()),
                "would expand to more than");
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
                "{'a':{'dtype':'F8','shape':[8],'data_offsets':[0,8]}} | 8 | no type 'F8'",
                "{'a':{'dtype':'F32','shape':[2]}} | 8 | expected dtype, shape and two",
                "{'a':{'dtype':'F32','shape':[2],'more':1}} | 8 | field 'more'",
                "{'a':[]} | 0 | the safetensors header is",
                "[] | 0 | the safetensors header is",
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
        for (long length : new long[] {1L << 34, Long.MAX_VALUE, -1}) {
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
                "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), } | the type c8",
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

    private void read(TorchFile torch) throws IOException {
        StateDict.read(torch.write(folder)).close();
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> StateDict.read(file).close())
                .isInstanceOf(MalformedWeightsException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }
}
