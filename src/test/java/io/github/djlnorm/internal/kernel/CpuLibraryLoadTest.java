package io.github.djlnorm.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with the native library, loading it says so and nothing breaks. */
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
        assertThat(CpuLibrary.load(null, "/native/solaris-sparc/x.so.gz", folder.toString()))
                .isEqualTo("the jar has no /native/solaris-sparc/x.so.gz");
    }

    @Test
    void looksForEachPlatformsOwnFile() {
        assertThat(CpuLibrary.resource("linux-aarch64"))
                .isEqualTo("/native/linux-aarch64/libdjlnorm.so.gz");
        assertThat(CpuLibrary.resource("osx-aarch64"))
                .isEqualTo("/native/osx-aarch64/libdjlnorm.dylib.gz");
        assertThat(CpuLibrary.resource("win-x86_64"))
                .isEqualTo("/native/win-x86_64/djlnorm.dll.gz");
    }

    @Test
    void namesPlatformsAsDjlDoes() {
        assertThat(CpuLibrary.platform())
                .isIn("linux-x86_64", "linux-aarch64", "osx-aarch64", "win-x86_64");
    }

    @Test
    void refusesALibraryOfAnotherPlatform() throws IOException {
        byte[] library = new GZIPInputStream(stream(library())).readAllBytes();
        library[18] ^= 0x55; // where an ELF file names the processor

        assertThat(load(packed(library))).contains("UnsatisfiedLinkError");

        assertThat(files()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.001, 0.5, 0.999})
    void refusesADamagedByte(double where) throws IOException {
        byte[] library = library();
        int at = (int) (where * library.length);
        library[at] = (byte) (library[at] ^ 0x55);

        assertThat(load(library)).startsWith("java.");

        assertThat(files()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.001, 0.5, 0.999})
    void refusesATruncatedFile(double length) throws IOException {
        byte[] library = library();

        assertThat(load(Arrays.copyOf(library, (int) (length * library.length))))
                .startsWith("java.");

        assertThat(files()).isEmpty();
    }

    @Test
    void saysThatTheFileCannotBeWritten() throws IOException {
        String missing = folder.resolve("missing").toString();
        String file = Files.createFile(folder.resolve("file")).toString();

        assertThat(CpuLibrary.load(stream(library()), RESOURCE, missing)).contains(missing);
        assertThat(CpuLibrary.load(stream(library()), RESOURCE, file)).contains(file);
        assertThat(CpuLibrary.load(stream(library()), RESOURCE, "\0")).isNotEmpty();
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

        assertThat(CpuLibrary.load(broken, RESOURCE, folder.toString())).contains("Stream closed");
    }

    private String load(byte[] resource) {
        return CpuLibrary.load(stream(resource), RESOURCE, folder.toString());
    }

    private String[] files() {
        return folder.toFile().list();
    }

    private static InputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    /** This platform's library as it is in the jar, or something packed where there is none. */
    private static byte[] library() {
        try (InputStream stream = CpuLibrary.class.getResourceAsStream(RESOURCE)) {
            return stream == null ? packed(new byte[10_000]) : stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] packed(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream stream = new GZIPOutputStream(packed)) {
            stream.write(bytes);
        }
        return packed.toByteArray();
    }
}
