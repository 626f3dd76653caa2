package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.storage.AtomicFile;
import io.github.djlnorm.weights.storage.ByteRange;
import io.github.djlnorm.weights.storage.CheckedRange;
import io.github.djlnorm.weights.storage.ElementType;
import io.github.djlnorm.weights.storage.FileTensor;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import io.github.djlnorm.weights.storage.Printable;
import io.github.djlnorm.weights.storage.StoredZip;
import io.github.djlnorm.weights.storage.Tensor;
import io.github.djlnorm.weights.storage.UnusableTensorException;
import io.github.djlnorm.weights.storage.ZipDirectory.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** NumPy's npz format: a zip archive with one npy file for each array. */
final class Npz {

    private static final String SUFFIX = ".npy";
    private static final String MAGIC = "\u0093NUMPY";
    private static final int PREAMBLE_BYTES = 8;
    private static final int MAX_HEADER_BYTES = 10_000; // as NumPy itself
    private static final int ALIGNMENT = 64;
    private static final Pattern HEADER =
            Pattern.compile(
                    "\\{'descr': (?:'([<>|=])([a-zA-Z]\\d+)'|\\[.*\\]), 'fortran_order':"
                            + " (True|False), 'shape': \\(([\\dL, ]*)\\),? *\\}\\s*");

    private Npz() {}

    static boolean isNpz(Map<String, Entry> entries) {
        return entries.keySet().stream().anyMatch(name -> name.endsWith(SUFFIX));
    }

    /** Reads what is in an archive; files that are no arrays are passed over. */
    static Contents read(Map<String, Entry> entries) throws IOException {
        Contents contents = Contents.empty("save it as a float or an integer type");
        for (Map.Entry<String, Entry> named : entries.entrySet()) {
            String file = named.getKey();
            if (file.endsWith(SUFFIX)) {
                String name = file.substring(0, file.length() - SUFFIX.length());
                Entry entry = named.getValue();
                try {
                    contents.tensors().put(name, array(new CheckedRange(entry), file));
                } catch (UnusableTensorException e) {
                    contents.refused().put(name, e.getMessage());
                }
            }
        }
        return contents;
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
        String name = fields.group(2);
        Optional<ElementType> type = name == null ? Optional.empty() : ElementType.ofNumpy(name);
        if (type.isEmpty()) {
            throw UnusableTensorException.ofType(name == null ? "records" : name);
        }
        ByteOrder order =
                fields.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteRange values = new Tail(npy, start);
        long[] shape = shape(fields.group(4), file);
        return fields.group(3).equals("True")
                ? FileTensor.columnMajor(type.get(), order, values, shape)
                : FileTensor.contiguous(type.get(), order, values, shape);
    }

    /** A section without its beginning. */
    private record Tail(ByteRange section, long start) implements ByteRange {

        @Override
        public boolean isStored() {
            return section.isStored();
        }

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
                    .map(size -> size.strip().replace("L", "")) // of Python 2
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
        StoredZip zip = new StoredZip(out);
        for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
            Tensor tensor = named.getValue();
            zip.put(named.getKey() + SUFFIX, header(tensor), AtomicFile.littleEndian(tensor));
        }
        zip.finish();
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
