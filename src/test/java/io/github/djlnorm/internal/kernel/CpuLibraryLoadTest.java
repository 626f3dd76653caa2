package io.github.djlnorm.internal.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.djlnorm.testing.OnPyTorch;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with the native library, loading it says so and nothing breaks. */
@OnPyTorch("the library needs libtorch")
class CpuLibraryLoadTest {

    private static final String RESOURCE = CpuLibrary.resource(CpuLibrary.platform());

    @TempDir private Path folder;

    @Test
    void leavesNoFile() throws IOException {
        assumeTrue(CpuLibrary.isLoaded(), CpuLibrary.reason());

        assertThat(load(library())).isEmpty();

        assertThat(files()).isEmpty();
    }

    @Test
    void saysThatThereIsNoneForThePlatform() {
        assertThat(CpuLibrary.load(null, null, "/native/solaris-sparc/x.so", folder.toString()))
                .isEqualTo("the jar has no /native/solaris-sparc/x.so");
    }

    @Test
    void looksForEachPlatformsOwnFile() {
        assertThat(CpuLibrary.resource("linux-aarch64"))
                .isEqualTo("/native/linux-aarch64/libdjlnorm.so");
        assertThat(CpuLibrary.resource("osx-aarch64"))
                .isEqualTo("/native/osx-aarch64/libdjlnorm.dylib");
        assertThat(CpuLibrary.resource("win-x86_64")).isEqualTo("/native/win-x86_64/djlnorm.dll");
    }

    @Test
    void namesPlatformsAsDjlDoes() {
        assertThat(CpuLibrary.platform())
                .isIn("linux-x86_64", "linux-aarch64", "osx-aarch64", "win-x86_64");
    }

    @Test
    void refusesALibraryOfAnotherPlatform() throws IOException {
        byte[] library = library();
        library[18] ^= 0x55; // where an ELF file names the processor

        assertThat(load(library, checksum(library))).contains("UnsatisfiedLinkError");

        assertThat(files()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.001, 0.5, 0.999})
    void refusesADamagedByte(double where) throws IOException {
        byte[] library = library();
        int at = (int) (where * library.length);
        library[at] = (byte) (library[at] ^ 0x55);

        assertThat(load(library)).isEqualTo(RESOURCE + " is damaged");

        assertThat(files()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.001, 0.5, 0.999})
    void refusesATruncatedFile(double length) throws IOException {
        byte[] library = library();

        assertThat(load(Arrays.copyOf(library, (int) (length * library.length))))
                .isEqualTo(RESOURCE + " is damaged");

        assertThat(files()).isEmpty();
    }

    @Test
    void saysThatTheFileCannotBeWritten() throws IOException {
        String missing = folder.resolve("missing").toString();
        String file = Files.createFile(folder.resolve("file")).toString();

        for (String bad : new String[] {missing, file}) {
            assertThat(load(library(), checksum(library()), bad)).contains(bad);
        }
        assertThat(load(library(), checksum(library()), "\0")).isNotEmpty();
    }

    @Test
    void saysThatTheFolderIsReadOnly() {
        File readOnly = folder.toFile();
        assumeTrue(readOnly.setWritable(false) && !Files.isWritable(folder), "root writes anyway");

        assertThat(load(library())).contains("AccessDenied");
    }

    @Test
    void saysThatTheResourceCannotBeRead() throws IOException {
        InputStream broken = InputStream.nullInputStream();
        broken.close();

        assertThat(CpuLibrary.load(broken, stream(new byte[0]), RESOURCE, folder.toString()))
                .contains("Stream closed");
    }

    /** With the checksum of the whole library. */
    private String load(byte[] library) {
        return load(library, checksum(library()));
    }

    private String load(byte[] library, byte[] checksum) {
        return load(library, checksum, folder.toString());
    }

    private static String load(byte[] library, byte[] checksum, String folder) {
        return CpuLibrary.load(stream(library), stream(checksum), RESOURCE, folder);
    }

    private static byte[] checksum(byte[] library) {
        CRC32 crc = new CRC32();
        crc.update(library);
        long value = crc.getValue();
        return "%02x%02x%02x%02x"
                .formatted(value & 255, value >> 8 & 255, value >> 16 & 255, value >> 24)
                .getBytes(US_ASCII);
    }

    private String[] files() {
        return folder.toFile().list();
    }

    private static InputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    /** This platform's library as it is in the jar, or something else where there is none. */
    private static byte[] library() {
        try (InputStream stream = CpuLibrary.class.getResourceAsStream(RESOURCE)) {
            return stream == null ? new byte[10_000] : stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
