package io.github.djlnorm.weights.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * A stretch of a file that was checked to lie inside of it.
 *
 * <p>It is read in place, never mapped: the values go from the file into the tensor's own memory
 * once, mapped pages would count beside them, and a file that another process cuts off while it is
 * mapped ends the Java process, where reading it only fails.
 */
public record FileRange(Source file, long start, long size) implements ByteRange {

    public static FileRange of(Source file) throws IOException {
        return new FileRange(file, 0, file.size());
    }

    public FileRange slice(long position, long length) throws MalformedWeightsException {
        if (position < 0 || length < 0 || position > size || length > size - position) {
            throw new MalformedWeightsException(
                    "the file is cut off, or a size or offset in it is wrong: expected %d bytes at %d, got %d bytes in all"
                            .formatted(length, position, size));
        }
        return new FileRange(file, start + position, length);
    }

    @Override
    public boolean isStored() {
        return true;
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
            return true;
        }

        @Override
        public void close() {}
    }
}
