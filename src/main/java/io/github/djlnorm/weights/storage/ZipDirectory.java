package io.github.djlnorm.weights.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The entries of a zip archive, each as a section of its file.
 *
 * <p>Java's own ZipFile does not tell where the bytes of an entry lie, which reading a tensor in
 * place needs.
 */
public final class ZipDirectory {

    private static final int LOCAL_ENTRY = 0x04034b50;
    private static final int CENTRAL_ENTRY = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;

    private static final int LOCAL_ENTRY_BYTES = 30;
    private static final int CENTRAL_ENTRY_BYTES = 46;
    private static final int END_BYTES = 22;
    private static final int END_64_BYTES = 56;
    private static final int LOCATOR_64_BYTES = 20;
    private static final int MAX_COMMENT_BYTES = 0xffff;

    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    private static final int ENCRYPTED = 1;
    private static final int EXTRA_64 = 1;
    private static final long IN_EXTRA = 0xffffffffL;

    private static final int MAX_DIRECTORY_BYTES = 1 << 24;
    // What the format can do at most, on zeros.
    private static final long MAX_EXPANSION = 1032;
    private static final long FREE_EXPANSION_BYTES = 1 << 24;

    /**
     * An entry.
     *
     * @param bytes its bytes
     * @param crc their CRC-32, as the directory has it
     */
    public record Entry(ByteRange bytes, int crc) {}

    private final FileRange file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private long inflatedBytes;

    private ZipDirectory(FileRange file) {
        this.file = file;
    }

    /** How many bytes the compressed entries of an archive may have when they are inflated. */
    public static long expansionLimit(long fileBytes) {
        return FREE_EXPANSION_BYTES + MAX_EXPANSION * fileBytes;
    }

    /** The entries by name, in the order of the directory. */
    public static Map<String, Entry> read(FileRange file) throws IOException {
        ZipDirectory directory = new ZipDirectory(file);
        ByteBuffer central = directory.central();
        while (central.hasRemaining()) {
            directory.readEntry(central);
        }
        return directory.entries;
    }

    private ByteBuffer central() throws IOException {
        long tailBytes = Math.min(file.size(), END_BYTES + MAX_COMMENT_BYTES);
        long tailStart = file.size() - tailBytes;
        ByteBuffer tail = bytes(tailStart, tailBytes);
        int end = tail.capacity() - END_BYTES;
        while (end >= 0 && tail.getInt(end) != END) {
            end--;
        }
        if (end < 0) {
            throw new MalformedWeightsException("the zip archive is cut off: it has no directory");
        }
        long size = unsigned(tail.getInt(end + 12));
        long start = unsigned(tail.getInt(end + 16));
        long locator = tailStart + end - LOCATOR_64_BYTES;
        if (locator >= 0) {
            ByteBuffer where = bytes(locator, LOCATOR_64_BYTES);
            if (where.getInt(0) == LOCATOR_64) {
                ByteBuffer end64 = bytes(where.getLong(8), END_64_BYTES);
                requireSignature(end64, END_64);
                size = end64.getLong(40);
                start = end64.getLong(48);
            }
        }
        return ordered(file.slice(start, size).readAll(MAX_DIRECTORY_BYTES, "the zip directory"));
    }

    private void readEntry(ByteBuffer central) throws IOException {
        requireRemaining(central, CENTRAL_ENTRY_BYTES);
        ByteBuffer entry = next(central, CENTRAL_ENTRY_BYTES);
        requireSignature(entry, CENTRAL_ENTRY);
        int nameBytes = Short.toUnsignedInt(entry.getShort(28));
        int extraBytes = Short.toUnsignedInt(entry.getShort(30));
        int commentBytes = Short.toUnsignedInt(entry.getShort(32));
        requireRemaining(central, nameBytes + extraBytes + commentBytes);
        String name = StandardCharsets.UTF_8.decode(next(central, nameBytes)).toString();
        ByteBuffer extra = next(central, extraBytes);
        next(central, commentBytes);

        ByteBuffer wide = extra64(extra);
        long size = widened(entry.getInt(24), wide);
        long compressedSize = widened(entry.getInt(20), wide);
        long start = widened(entry.getInt(42), wide);
        if ((entry.getShort(8) & ENCRYPTED) != 0) {
            throw new MalformedWeightsException("the zip entry " + quoted(name) + " is encrypted");
        }
        ByteRange section = section(name, entry.getShort(10), start, compressedSize, size);
        if (entries.put(name, new Entry(section, entry.getInt(16))) != null) {
            throw new MalformedWeightsException("two zip entries are named " + quoted(name));
        }
    }

    private ByteRange section(String name, int method, long start, long compressedSize, long size)
            throws IOException {
        ByteBuffer local = bytes(start, LOCAL_ENTRY_BYTES);
        requireSignature(local, LOCAL_ENTRY);
        long data =
                start
                        + LOCAL_ENTRY_BYTES
                        + Short.toUnsignedInt(local.getShort(26))
                        + Short.toUnsignedInt(local.getShort(28));
        FileRange stored = file.slice(data, compressedSize);
        if (method == STORED && compressedSize == size) {
            return stored;
        } else if (method == DEFLATED && size >= 0) {
            requireNoBomb(name, size);
            return new DeflatedRange(stored, size);
        }
        throw new MalformedWeightsException(
                "the zip entry %s has method %d and %d bytes for %d"
                        .formatted(quoted(name), method, compressedSize, size));
    }

    private void requireNoBomb(String name, long size) throws MalformedWeightsException {
        long limit = expansionLimit(file.size());
        if (size > limit - inflatedBytes) {
            throw new MalformedWeightsException(
                    "the zip archive would expand to more than %d bytes with entry %s of %d bytes"
                            .formatted(limit, quoted(name), size));
        }
        inflatedBytes += size;
    }

    /** The field for sizes and offsets that need 64 bits, or an empty one. */
    private static ByteBuffer extra64(ByteBuffer extra) throws MalformedWeightsException {
        while (extra.remaining() >= 2 * Short.BYTES) {
            int id = extra.getShort();
            int length = Short.toUnsignedInt(extra.getShort());
            requireRemaining(extra, length);
            ByteBuffer field = next(extra, length);
            if (id == EXTRA_64) {
                return field;
            }
        }
        return ByteBuffer.allocate(0);
    }

    private static long widened(int value, ByteBuffer wide) throws MalformedWeightsException {
        if (unsigned(value) != IN_EXTRA) {
            return unsigned(value);
        }
        requireRemaining(wide, Long.BYTES);
        return wide.getLong();
    }

    private ByteBuffer bytes(long position, long length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) length);
        try (ReadableByteChannel channel = file.slice(position, length).open(0)) {
            ByteRange.fill(bytes, channel);
        }
        return ordered(bytes.flip());
    }

    private static ByteBuffer next(ByteBuffer buffer, int length) {
        ByteBuffer part = buffer.slice(buffer.position(), length);
        buffer.position(buffer.position() + length);
        return ordered(part);
    }

    private static ByteBuffer ordered(ByteBuffer buffer) {
        return buffer.order(ByteOrder.LITTLE_ENDIAN);
    }

    private static long unsigned(int value) {
        return Integer.toUnsignedLong(value);
    }

    private static void requireRemaining(ByteBuffer buffer, int length)
            throws MalformedWeightsException {
        if (buffer.remaining() < length) {
            throw new MalformedWeightsException("the zip directory is cut off");
        }
    }

    private static void requireSignature(ByteBuffer buffer, int signature)
            throws MalformedWeightsException {
        if (buffer.getInt(0) != signature) {
            throw new MalformedWeightsException("the zip directory is damaged");
        }
    }

    private static String quoted(String name) {
        return Printable.quoted(name);
    }
}
