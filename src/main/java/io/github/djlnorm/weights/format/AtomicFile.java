package io.github.djlnorm.weights.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files that are written as a whole or not at all. */
final class AtomicFile {

    /** Writes the content of a file. */
    interface Content {
        void writeTo(WritableByteChannel out) throws IOException;
    }

    private AtomicFile() {}

    static void write(Path file, Content content) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            try (FileChannel out =
                    FileChannel.open(
                            partial,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                content.writeTo(out);
            }
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    static void write(ByteBuffer bytes, WritableByteChannel out) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** All values of a tensor. */
    static ByteBuffer littleEndian(Tensor tensor) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(tensor.bufferSize()).order(ByteOrder.LITTLE_ENDIAN);
        tensor.read(bytes);
        return bytes;
    }
}
