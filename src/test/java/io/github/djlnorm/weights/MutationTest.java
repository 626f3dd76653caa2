package io.github.djlnorm.weights;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files with random damage: each is read, or refused with the one exception that says so. Whatever
 * else happens, an error of the machine included, fails the test and leaves the file behind.
 */
class MutationTest {

    private static final int MUTANTS = 2_000;
    private static final long[] SIZES = {
        0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffffL, 0x80000000L, 0xffffffffL, 1L << 40, -1
    };

    @TempDir private Path folder;

    @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
    @ParameterizedTest
    @ValueSource(
            strings = {
                "types.pth",
                "zip64.pth",
                "views.pth",
                "checkpoint.pth",
                "protocol4.pth",
                "old.pth",
                "module.pth",
                "script.pt",
                "types.safetensors",
                "types.npz",
                "orders.npz"
            })
    void damagedFileIsReadOrRefused(String name) throws IOException {
        byte[] original = Files.readAllBytes(Fixtures.file(name));
        Path file = folder.resolve(name);
        Random random = new Random(name.hashCode());
        int refused = 0;
        try (NDManager manager = NDManager.newBaseManager()) {
            for (int i = 0; i < MUTANTS; i++) {
                Files.write(file, mutant(original, random));
                refused += isRefused(file, manager) ? 1 : 0;
            }
        }
        assertThat(refused).isBetween(MUTANTS / 20, MUTANTS - 1);
    }

    private static boolean isRefused(Path file, NDManager manager) throws IOException {
        try (StateDict dict = StateDict.read(file)) {
            for (String name : dict.tensors().keySet()) {
                dict.get(name, manager).close();
            }
            return false;
        } catch (MalformedWeightsException e) {
            assertThat(e.getMessage()).isNotBlank();
            return true;
        }
    }

    private static byte[] mutant(byte[] original, Random random) {
        byte[] bytes = original.clone();
        int kind = random.nextInt(8);
        for (int times = 1 + random.nextInt(4); times > 0; times--) {
            switch (kind) {
                case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                case 1, 2, 3 -> flip(bytes, random);
                case 4, 5 -> setSize(bytes, random);
                case 6 -> bytes = without(bytes, random);
                default -> bytes = repeated(bytes, random);
            }
            if (bytes.length == 0) {
                break;
            }
        }
        return bytes;
    }

    private static void flip(byte[] bytes, Random random) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }

    private static void setSize(byte[] bytes, Random random) {
        int width = 1 << random.nextInt(4);
        int place = random.nextInt(Math.max(1, bytes.length - width));
        ByteBuffer size = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        size.putLong(SIZES[random.nextInt(SIZES.length)]);
        System.arraycopy(size.array(), 0, bytes, place, Math.min(width, bytes.length - place));
    }

    private static byte[] without(byte[] bytes, Random random) {
        int start = random.nextInt(bytes.length);
        int end = Math.min(bytes.length, start + 1 + random.nextInt(16));
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - (end - start));
        System.arraycopy(bytes, end, shorter, start, bytes.length - end);
        return shorter;
    }

    private static byte[] repeated(byte[] bytes, Random random) {
        int start = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - start, 1 + random.nextInt(64));
        byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
        System.arraycopy(bytes, start, longer, start + length, bytes.length - start);
        return longer;
    }
}
