package io.github.djlnorm.weights.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** A stretch of bytes in a file, as they are or compressed. */
public interface ByteRange {

    /** The number of bytes that can be read. */
    long size();

    /** Whether a position is reached without going through what is before it. */
    boolean isStored();

    /** Opens the bytes from a position on; closing it does not close the file. */
    ReadableByteChannel open(long position) throws IOException;

    /** Reads all bytes, which must not be more than a limit. */
    default ByteBuffer readAll(int limit, String what) throws IOException {
        if (size() > limit) {
            throw new MalformedWeightsException(
                    "%s is too large: expected at most %d bytes, got %d"
                            .formatted(what, limit, size()));
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size());
        try (ReadableByteChannel channel = open(0)) {
            fill(bytes, channel);
        }
        return bytes.flip();
    }

    /** Fills a buffer, or fails. */
    static void fill(ByteBuffer buffer, ReadableByteChannel channel) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new MalformedWeightsException("the file is cut off");
            }
        }
    }
}
