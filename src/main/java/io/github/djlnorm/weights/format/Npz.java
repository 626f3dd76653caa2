package io.github.djlnorm.weights.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** NumPy's npz format: a zip archive with one npy file for each array. */
final class Npz {

    private static final String SUFFIX = ".npy";
    private static final String MAGIC = "\u0093NUMPY";
    private static final int PREAMBLE_BYTES = 8;
    private static final int MAX_HEADER_BYTES = 1 << 16;
    private static final int ALIGNMENT = 64;
    private static final Pattern HEADER =
            Pattern.compile(
                    "\\{'descr': '([<>|=])([a-z]\\d{1,2})', 'fortran_order': (True|False),"
                            + " 'shape': \\(([\\d, ]*)\\),? *\\}\\s*");
    // The earliest that a zip archive can say, so that the same weights make the same bytes.
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private Npz() {}

    static boolean isNpz(Map<String, ByteRange> entries) {
        return !entries.isEmpty()
                && entries.keySet().stream().allMatch(name -> name.endsWith(SUFFIX));
    }

    static Map<String, Tensor> read(Map<String, ByteRange> entries) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, ByteRange> entry : entries.entrySet()) {
            String file = entry.getKey();
            String name = file.substring(0, file.length() - SUFFIX.length());
            tensors.put(name, array(entry.getValue(), file));
        }
        return tensors;
    }

    private static Tensor array(ByteRange npy, String file) throws IOException {
        int lengthBytes;
        String text;
        try (ReadableByteChannel channel = npy.open(0)) {
            ByteBuffer preamble = next(channel, PREAMBLE_BYTES);
            if (!latin(preamble.slice(0, MAGIC.length())).equals(MAGIC)) {
                throw malformed(file, "no npy file");
            }
            lengthBytes = preamble.get(MAGIC.length()) == 1 ? Short.BYTES : Integer.BYTES;
            ByteBuffer length = next(channel, lengthBytes);
            int headerBytes =
                    lengthBytes == Short.BYTES
                            ? Short.toUnsignedInt(length.getShort())
                            : length.getInt();
            if (headerBytes < 0 || headerBytes > MAX_HEADER_BYTES) {
                throw malformed(file, "a header of " + headerBytes + " bytes");
            }
            text = latin(next(channel, headerBytes));
        }
        return array(npy, PREAMBLE_BYTES + lengthBytes + text.length(), text, file);
    }

    private static Tensor array(ByteRange npy, long start, String header, String file)
            throws MalformedWeightsException {
        Matcher fields = HEADER.matcher(header);
        if (!fields.matches()) {
            throw malformed(file, "the header " + Printable.quoted(header));
        }
        ElementType type =
                ElementType.ofNumpy(fields.group(2))
                        .orElseThrow(
                                () ->
                                        malformed(
                                                file,
                                                "the type "
                                                        + fields.group(2)
                                                        + ", which DJL does not have"));
        ByteOrder order =
                fields.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteRange values = new Tail(npy, start);
        long[] shape = shape(fields.group(4), file);
        return fields.group(3).equals("True")
                ? FileTensor.columnMajor(type, order, values, shape)
                : FileTensor.contiguous(type, order, values, shape);
    }

    /** A section without its beginning. */
    private record Tail(ByteRange section, long start) implements ByteRange {

        @Override
        public long size() {
            return section.size() - start;
        }

        @Override
        public ReadableByteChannel open(long position) throws IOException {
            return section.open(start + position);
        }
    }

    private static long[] shape(String tuple, String file) throws MalformedWeightsException {
        try {
            return Arrays.stream(tuple.split(","))
                    .map(String::strip)
                    .filter(size -> !size.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
        } catch (NumberFormatException e) {
            throw malformed(file, "the shape (" + Printable.of(tuple) + ")");
        }
    }

    private static ByteBuffer next(ReadableByteChannel channel, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        ByteRange.fill(bytes, channel);
        return bytes.flip();
    }

    private static String latin(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }

    private static MalformedWeightsException malformed(String file, String what) {
        return new MalformedWeightsException("%s has %s".formatted(Printable.quoted(file), what));
    }

    static void write(Map<String, Tensor> tensors, WritableByteChannel out) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(Channels.newOutputStream(out));
        zip.setMethod(ZipOutputStream.STORED);
        WritableByteChannel entries = Channels.newChannel(zip);
        for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
            ByteBuffer header = header(named.getValue());
            ByteBuffer values = AtomicFile.littleEndian(named.getValue());
            ZipEntry entry = new ZipEntry(named.getKey() + SUFFIX);
            entry.setTimeLocal(NO_TIME);
            entry.setSize((long) header.remaining() + values.remaining());
            entry.setCrc(crc(header, values));
            zip.putNextEntry(entry);
            AtomicFile.write(header, entries);
            AtomicFile.write(values, entries);
            zip.closeEntry();
        }
        zip.finish();
    }

    private static long crc(ByteBuffer... parts) {
        CRC32 crc = new CRC32();
        for (ByteBuffer part : parts) {
            crc.update(part.duplicate());
        }
        return crc.getValue();
    }

    private static ByteBuffer header(Tensor tensor) {
        String type = ElementType.of(tensor.dataType()).numpyName();
        long[] shape = tensor.shape().getShape();
        String text =
                "{'descr': '%s%s', 'fortran_order': False, 'shape': (%s%s), }"
                        .formatted(
                                type.endsWith("1") ? "|" : "<",
                                type,
                                Arrays.stream(shape)
                                        .mapToObj(Long::toString)
                                        .collect(Collectors.joining(", ")),
                                shape.length == 1 ? "," : "");
        int fixed = PREAMBLE_BYTES + Short.BYTES;
        int padded = (fixed + text.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
        ByteBuffer header = ByteBuffer.allocate(padded).order(ByteOrder.LITTLE_ENDIAN);
        header.put(MAGIC.getBytes(StandardCharsets.ISO_8859_1)).put((byte) 1).put((byte) 0);
        header.putShort((short) (padded - fixed));
        header.put(text.getBytes(StandardCharsets.ISO_8859_1));
        while (header.remaining() > 1) {
            header.put((byte) ' ');
        }
        return header.put((byte) '\n').flip();
    }
}
