package io.github.djlnorm.weights;

import static io.github.djlnorm.weights.Fixtures.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

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

/** Zip, npz and safetensors files that mean harm: each is refused with its reason. */
class UntrustedArchivesTest {

    @TempDir private Path folder;

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
}
