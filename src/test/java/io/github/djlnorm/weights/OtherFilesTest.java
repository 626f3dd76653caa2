package io.github.djlnorm.weights;

import static io.github.djlnorm.weights.Fixtures.assertRefused;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
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

/** Files that are no checkpoints at all: each is told what it is, with the cure. */
class OtherFilesTest {

    @TempDir private Path folder;

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
    @ValueSource(ints = {0, 1, 4, 100})
    void fileOfAlmostNothingIsRefused(int bytes) throws IOException {
        assertRefused(Files.write(folder.resolve("nothing.pth"), new byte[bytes]), "");
    }
}
