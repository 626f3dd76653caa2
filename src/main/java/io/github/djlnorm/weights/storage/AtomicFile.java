package io.github.djlnorm.weights.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/** Files that are written as a whole or not at all. */
public final class AtomicFile {

    /** Writes the content of a file. */
    public interface Content {
        void writeTo(WritableByteChannel out) throws IOException;
    }

    private AtomicFile() {}

    public static void write(Path file, Content content) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(
                    file.toString(), null, "there is no folder " + folder + ": make it first");
        }
        Path partial = unused(file);
        try {
            try (FileChannel out =
                    FileChannel.open(
                            partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(out);
            }
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** A name beside the file that no other file has: a neighbour may end in .partial too. */
    private static Path unused(Path file) {
        Path partial;
        do {
            String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
            partial = file.resolveSibling(file.getFileName() + "." + unique + ".partial");
        } while (Files.exists(partial));
        return partial;
    }

    public static void write(ByteBuffer bytes, WritableByteChannel out) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** All values of a tensor. */
    public static ByteBuffer littleEndian(Tensor tensor) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(tensor.bufferSize()).order(ByteOrder.LITTLE_ENDIAN);
        tensor.read(bytes);
        return bytes;
    }
}
