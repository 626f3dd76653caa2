package io.github.djlnorm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pickles that were never saved but made: programs at random, and those that cost the most. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class HostilePicklesTest {

    private static final int PROGRAMS = 2_500;
    private static final long[] ONE = {1};
    private static final String[] NAMES = {
        "collections\nOrderedDict\n",
        "torch._utils\n_rebuild_tensor_v2\n",
        "torch._utils\n_rebuild_tensor_v3\n",
        "torch._utils\n_rebuild_parameter\n",
        "torch._utils\n_rebuild_sparse_tensor\n",
        "torch._tensor\n_rebuild_from_type_v2\n",
        "torch\nFloatStorage\n",
        "copyreg\n_reconstructor\n",
        "builtins\nset\n",
        "os\nsystem\n"
    };
    private static final int[] INSTRUCTIONS = {
        '(', '(', '0', '1', '2', 'N', 0x88, 'K', 'M', 'J', 0x8a, 'G', 'X', 0x8c, 'U', 'S', 'I', 'F',
        ')', ')', 0x85, 0x86, 0x87, 't', 't', ']', 'a', 'e', '}', '}', 's', 's', 'u', 'd', 'l', 'q',
        'h', 'h', 0x94, 'c', 'c', 'c', 0x93, 'R', 'R', 'R', 0x81, 0x92, 'o', 'i', 'b', 'b', 'Q',
        0x8f, 0x90, 0x91, 'B', 'C', 0x8d, 0x8e, 0x95, '.'
    };

    @TempDir private Path folder;
    @Managed private NDManager manager;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void programsAtRandomAreReadOrRefused(boolean zipped) throws IOException {
        Random random = new Random(17);
        for (int i = 0; i < PROGRAMS; i++) {
            byte[] program = program(random);
            if (zipped) {
                TorchFile torch = new TorchFile().floats("w", ONE, 1);
                for (byte b : program) {
                    torch.raw(Byte.toUnsignedInt(b));
                }
                readAll(torch.write(folder));
            } else {
                readAll(Files.write(folder.resolve("old.pth"), old(program)));
            }
        }
        assertThat(Path.of("executed")).doesNotExist();
    }

    private void readAll(Path file) throws IOException {
        try (StateDict dict = StateDict.read(file)) {
            for (String name : dict.tensors().keySet()) {
                dict.get(name, manager).close();
            }
        } catch (MalformedWeightsException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private static byte[] program(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int length = 1 + random.nextInt(40); length > 0; length--) {
            int instruction = INSTRUCTIONS[random.nextInt(INSTRUCTIONS.length)];
            out.write(instruction);
            switch (instruction) {
                case 'c', 'i' -> out.writeBytes(ascii(NAMES[random.nextInt(NAMES.length)]));
                case 'K', 'q', 'h' -> out.write(random.nextInt(4));
                case 'M' -> out.writeBytes(new byte[] {(byte) random.nextInt(4), 0});
                case 'X', 'B' -> out.writeBytes(new byte[] {2, 0, 0, 0, 'w', 'x'});
                case 'U', 'C', 0x8c -> out.writeBytes(new byte[] {1, 'w'});
                case 0x8a -> out.writeBytes(new byte[] {1, (byte) random.nextInt(256)});
                case 'I', 'F', 'S' -> out.writeBytes(ascii(random.nextInt(3) + "\n"));
                case 'J' -> out.writeBytes(ByteBuffer.allocate(4).putInt(random.nextInt()).array());
                case 'G' -> out.writeBytes(ByteBuffer.allocate(8).putDouble(1.5).array());
                default -> {
                    // no operand
                }
            }
        }
        return out.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * A file of torch.save before PyTorch 1.6: number, version, system, object, and no storages.
     */
    private static byte[] old(byte[] program) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc});
        out.writeBytes(new byte[] {(byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8, 0x50});
        out.writeBytes(new byte[] {0x19, '.', (byte) 0x80, 2, 'M', (byte) 0xe9, 3, '.', '}', '.'});
        out.writeBytes(program);
        out.writeBytes(new byte[] {'.', ']', '.'});
        return out.toByteArray();
    }

    @Test
    void tensorsWithoutEndFromOneTupleAreRefused() throws IOException {
        TorchFile torch = new TorchFile().deflated().entry("data/0", TorchFile.floats(1));
        torch.text("w").global("torch._utils", "_rebuild_tensor_v2").raw('q', 0, '(', '(');
        torch.text("storage").global("torch", "FloatStorage").text("0").text("cpu");
        torch.raw(
                'K', 1, 't', 'Q', 'K', 0, 'K', 1, 0x85, 'K', 1, 0x85, 0x89, 'N', 't', 'q', 1, 'R');
        torch.text("more").raw(']', '(');
        for (int i = 0; i < 1_300_000; i++) {
            torch.raw('h', 0, 'h', 1, 'R');
        }
        Path file = torch.raw('e').write(folder);
        assertThat(Files.size(file)).isLessThan(20_000);
        assertRefused(file, "reading it would take more than 128 MiB beside the tensors");
    }

    @ParameterizedTest
    @ValueSource(strings = {"U\u0001x", "}", "cm\nn\n", "h\u0001)R", "h\u0002h\u0003R"})
    void valuesWithoutEndAreRefused(String instructions) throws IOException {
        TorchFile torch = new TorchFile().deflated().floats("w", ONE, 1).text("x").raw('q', 0);
        torch.global("m", "N")
                .raw('q', 1)
                .global("collections", "OrderedDict")
                .raw('q', 2, ']', '(');
        for (int i = 0; i < 1_000; i++) {
            torch.text("k" + i).raw('N', 0x86);
        }
        torch.raw('e', 0x85, 'q', 3);
        for (int i = 0; i < 8_000_000 / instructions.length(); i++) {
            instructions.chars().forEach(torch::raw);
        }
        Path file = torch.write(folder);
        assertThat(Files.size(file)).isLessThan(50_000);
        assertRefused(file, "reading it would take more than 128 MiB beside the tensors");
    }

    @Test
    void longNamesOfModulesInEachOtherAreRefused() throws IOException {
        TorchFile torch = new TorchFile().deflated().text("n".repeat(1_000_000)).raw('q', 0);
        torch.raw('N').text("m").global("my", "Net").raw(')', 0x81, 'q', 1);
        for (int depth = 2; depth < 60; depth++) {
            torch.raw('0').global("my", "Net").raw(')', 0x81, 'q', depth, '}', '(');
            torch.text("_parameters").raw('}').text("_modules").raw('}', '(');
            torch.raw('h', 0, 'h', depth - 1, 'u', 'u', 'b');
        }
        assertRefused(
                torch.write(folder), "reading it would take more than 64 MiB beside the tensors");
    }

    @Test
    void keysOfOneHashTakeNoLongerThanOthers() throws IOException {
        TorchFile torch = new TorchFile().floats("w", ONE, 1).text("keys").raw('}', '(');
        for (long i = 1; i <= 100_000; i++) {
            // The hash of such a number is 0.
            ByteBuffer number = ByteBuffer.allocate(8).putLong(i << 32 | i);
            torch.raw(0x8a, 8);
            for (int b = 7; b >= 0; b--) {
                torch.raw(number.get(b) & 0xff);
            }
            torch.raw('N');
        }
        try (StateDict dict = StateDict.read(torch.raw('u').write(folder))) {
            assertThat(dict.tensors().keySet()).containsExactly("w");
        }
    }

    @Test
    void modulesThatAreTwiceInEachOtherAreRefused() throws IOException {
        TorchFile torch = new TorchFile().text("m").global("my", "Net").raw(')', 0x81, 'q', 0);
        for (int depth = 1; depth < 60; depth++) { // each holds the one before twice
            torch.raw('0').global("my", "Net").raw(')', 0x81, 'q', depth, '}', '(');
            torch.text("_parameters").raw('}').text("_modules").raw('}', '(').text("a");
            torch.raw('h', depth - 1).text("b").raw('h', depth - 1, 'u', 'u', 'b');
        }
        assertRefused(
                torch.write(folder), "reading it would take more than 64 MiB beside the tensors");
    }

    @Test
    void viewsThatSpanTheFileAgainAndAgainAreRefused() throws IOException {
        int size = 1 << 20;
        TorchFile torch = new TorchFile().entry("data/0", new byte[size]);
        for (int i = 0; i < 20; i++) {
            torch.tensor(
                    "w" + i, "ByteStorage", "0", size, 0, new long[] {2}, new long[] {size - 1});
        }
        assertRefused(torch.write(folder), "its tensors overlap: they span more than");
    }

    @Test
    void viewsFarInACompressedStorageAreRefused() throws IOException {
        int size = 1 << 24;
        TorchFile torch = new TorchFile().deflated().entry("data/0", new byte[size]);
        for (int i = 0; i < 20; i++) {
            torch.tensor("w" + i, "ByteStorage", "0", size, size - 1, ONE, ONE);
        }
        assertRefused(torch.write(folder), "its tensors overlap: they span more than");
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> StateDict.read(file).close())
                .isInstanceOf(MalformedWeightsException.class)
                .hasMessageContaining(message);
    }
}
