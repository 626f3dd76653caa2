package io.github.djlnorm.weights.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Where the bytes of weights come from: a file or memory. */
public interface Source {

    /**
     * Returns the number of bytes.
     *
     * @return the number of bytes
     * @throws IOException if that cannot be told
     */
    long size() throws IOException;

    /**
     * Reads bytes, as many as are there and fit.
     *
     * @param target where they are written, from its position on
     * @param position where they are
     * @return how many were read, or -1 at the end
     * @throws IOException if they cannot be read
     */
    int read(ByteBuffer target, long position) throws IOException;

    /**
     * Returns a file.
     *
     * @param channel the open file, whose own position is left alone, so that several threads can
     *     read at a time
     * @return the source
     */
    static Source of(FileChannel channel) {
        return new Source() {
            @Override
            public long size() throws IOException {
                return channel.size();
            }

            @Override
            public int read(ByteBuffer target, long position) throws IOException {
                return channel.read(target, position);
            }
        };
    }

    /**
     * Returns memory.
     *
     * @param bytes the bytes from position to limit, which must stay as they are
     * @return the source
     */
    static Source of(ByteBuffer bytes) {
        ByteBuffer all = bytes.slice();
        return new Source() {
            @Override
            public long size() {
                return all.limit();
            }

            @Override
            public int read(ByteBuffer target, long position) {
                int count = (int) Math.min(target.remaining(), all.limit() - position);
                if (count <= 0) {
                    return -1;
                }
                target.put(all.slice((int) position, count));
                return count;
            }
        };
    }
}
