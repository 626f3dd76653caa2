package io.github.djlnorm.weights.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.CRC32;

/** The bytes of a zip entry, whose checksum is compared when the last of them was read. */
public record CheckedRange(ZipDirectory.Entry entry) implements ByteRange {

    @Override
    public long size() {
        return entry.bytes().size();
    }

    @Override
    public boolean isStored() {
        return false; // all before a position must be read, to be summed up
    }

    @Override
    public ReadableByteChannel open(long position) throws IOException {
        ReadableByteChannel channel = new Checked(entry.bytes().open(0), entry, new CRC32());
        ByteBuffer before = ByteBuffer.allocate(Math.toIntExact(Math.min(position, 1 << 16)));
        for (long left = position; left > 0; left -= before.limit()) {
            before.clear().limit((int) Math.min(before.capacity(), left));
            ByteRange.fill(before, channel);
        }
        return channel;
    }

    private record Checked(ReadableByteChannel channel, ZipDirectory.Entry entry, CRC32 crc)
            implements ReadableByteChannel {

        @Override
        public int read(ByteBuffer target) throws IOException {
            ByteBuffer read = target.duplicate();
            int count = channel.read(target);
            if (count > 0) {
                crc.update(read.limit(target.position()));
            }
            return count;
        }

        /** Compares the checksum, if all was read. */
        @Override
        public void close() throws IOException {
            boolean isWhole = channel.read(ByteBuffer.allocate(1)) < 0;
            channel.close();
            if (isWhole && (int) crc.getValue() != entry.crc()) {
                throw new MalformedWeightsException("an entry is damaged: its checksum is wrong");
            }
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }
    }
}
