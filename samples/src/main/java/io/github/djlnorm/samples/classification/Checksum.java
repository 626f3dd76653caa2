package io.github.djlnorm.samples.classification;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** A checksum at a file's end, so that a damaged file is refused before a parser meets it. */
final class Checksum {

    private Checksum() {}

    static void append(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        ByteBuffer sum = ByteBuffer.allocate(Long.BYTES).putLong(0, of(content, content.length));
        Files.write(file, sum.array(), StandardOpenOption.APPEND);
    }

    static boolean matches(byte[] content) {
        int length = content.length - Long.BYTES;
        return length >= 0 && ByteBuffer.wrap(content).getLong(length) == of(content, length);
    }

    private static long of(byte[] content, int length) {
        CRC32C sum = new CRC32C();
        sum.update(content, 0, length);
        return sum.getValue();
    }
}
