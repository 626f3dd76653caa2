package io.github.djlnorm.weights.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;

/**
 * A stretch of a file that was checked to lie inside of it.
 *
 * <p>It is read in place, never mapped: the values go from the file into the tensor's own memory
 * once, mapped pages would count beside them, and a file that another process cuts off while it is
 * mapped ends the Java process, where reading it only fails.
 */
record FileRange(FileChannel file, long start, long size) implements ByteRange {

    static FileRange of(FileChannel file) throws IOException {
        return new FileRange(file, 0, file.size());
    }

    FileRange slice(long position, long length) throws MalformedWeightsException {
        if (position < 0 || length < 0 || position > size || length > size - position) {
            throw new MalformedWeightsException(
                    "the file is cut off, or a size or offset in it is wrong: expected %d bytes at %d, got %d bytes in all"
                            .formatted(length, position, size));
        }
        return new FileRange(file, start + position, length);
    }

    @Override
    public ReadableByteChannel open(long position) throws IOException {
        return new Reader(slice(position, size - position));
    }

    /** Leaves the file's own position alone, so that several can read at a time. */
    private static final class Reader implements ReadableByteChannel {

        private final FileRange section;
        private long done;

        Reader(FileRange section) {
            this.section = section;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            long left = section.size - done;
            if (left == 0) {
                return -1;
            }
            ByteBuffer part = target.slice();
            part.limit((int) Math.min(part.limit(), left));
            int count = section.file.read(part, section.start + done);
            if (count > 0) {
                done += count;
                target.position(target.position() + count);
            }
            return count;
        }

        @Override
        public boolean isOpen() {
            return section.file.isOpen();
        }

        @Override
        public void close() {}
    }
}
