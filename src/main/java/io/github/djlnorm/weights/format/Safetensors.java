package io.github.djlnorm.weights.format;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.github.djlnorm.weights.storage.Allowance;
import io.github.djlnorm.weights.storage.AtomicFile;
import io.github.djlnorm.weights.storage.ByteRange;
import io.github.djlnorm.weights.storage.ElementType;
import io.github.djlnorm.weights.storage.FileRange;
import io.github.djlnorm.weights.storage.FileTensor;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import io.github.djlnorm.weights.storage.Printable;
import io.github.djlnorm.weights.storage.SaveAgain;
import io.github.djlnorm.weights.storage.Tensor;
import io.github.djlnorm.weights.storage.UnusableTensorException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The safetensors format: the length of a JSON header, the header, and the values of all tensors
 * one after the other, little-endian.
 */
final class Safetensors {

    private static final String METADATA = "__metadata__";
    private static final int MAX_HEADER_BYTES = 1 << 24;
    private static final int MAX_RANK = 64;
    private static final long MAX_BYTES = 64L << 20;

    /** What the header says of a tensor; of a type that DJL has not there is only the name. */
    private record Entry(
            String typeName, Optional<ElementType> type, List<Long> shape, long begin, long end) {}

    private Safetensors() {}

    /** Whether a header's length and the beginning of its JSON are there. */
    static boolean isStart(ByteBuffer start) {
        return start.remaining() > Long.BYTES
                && start.order(ByteOrder.LITTLE_ENDIAN).getLong(0) >= 2
                && start.get(Long.BYTES) == '{';
    }

    static Contents read(FileRange file) throws IOException {
        long headerBytes = headerBytes(file);
        FileRange header = file.slice(Long.BYTES, headerBytes);
        String json = text(header.readAll(MAX_HEADER_BYTES, "the safetensors header"));
        Map<String, Entry> entries;
        try (JsonReader reader = new JsonReader(new StringReader(json))) {
            entries = entries(reader);
        } catch (IllegalStateException | NumberFormatException e) {
            throw malformed("damaged: " + Printable.of(e.getMessage()), e);
        } catch (MalformedWeightsException e) {
            throw e;
        } catch (IOException e) {
            throw malformed("no JSON: " + Printable.of(e.getMessage()), e);
        }
        long start = Long.BYTES + headerBytes;
        return tensors(entries, file.slice(start, file.size() - start));
    }

    private static String text(ByteBuffer utf8) throws MalformedWeightsException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw malformed("no UTF-8", e);
        }
    }

    private static long headerBytes(FileRange file) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (ReadableByteChannel channel = file.open(0)) {
            ByteRange.fill(length, channel);
        }
        return length.getLong(0);
    }

    private static Map<String, Entry> entries(JsonReader json) throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        Allowance allowance = new Allowance(MAX_BYTES);
        json.beginObject();
        while (json.hasNext()) {
            String name = json.nextName();
            if (name.equals(METADATA)) {
                json.skipValue();
                continue;
            }
            Entry entry = entry(json);
            allowance.takeTensor(entry.shape.size());
            if (entries.put(name, entry) != null) {
                throw malformed("damaged: two tensors " + Printable.quoted(name), null);
            }
        }
        json.endObject();
        if (json.peek() != JsonToken.END_DOCUMENT) {
            throw malformed("damaged: it goes on after its end", null);
        }
        return entries;
    }

    private static Entry entry(JsonReader json) throws IOException {
        String type = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        json.beginObject();
        while (json.hasNext()) {
            String field = json.nextName();
            switch (field) {
                case "dtype" -> type = text(json);
                case "shape" -> shape = longs(json);
                case "data_offsets" -> offsets = longs(json);
                default -> json.skipValue(); // as the reference library does
            }
        }
        json.endObject();
        if (type == null || shape == null || offsets == null || offsets.size() != 2) {
            throw malformed("damaged: expected dtype, shape and two data_offsets", null);
        }
        return new Entry(
                type, ElementType.ofSafetensors(type), shape, offsets.get(0), offsets.get(1));
    }

    private static String text(JsonReader json) throws IOException {
        require(json, JsonToken.STRING);
        return json.nextString();
    }

    // Gson takes "3" for a number, too.
    private static void require(JsonReader json, JsonToken expected) throws IOException {
        if (json.peek() != expected) {
            throw malformed(
                    "damaged: expected a %s, got a %s"
                            .formatted(expected, json.peek())
                            .toLowerCase(Locale.ROOT),
                    null);
        }
    }

    private static List<Long> longs(JsonReader json) throws IOException {
        List<Long> values = new ArrayList<>();
        json.beginArray();
        while (json.hasNext() && values.size() < MAX_RANK) {
            require(json, JsonToken.NUMBER);
            values.add(json.nextLong());
        }
        json.endArray();
        return values;
    }

    /** Tensors must follow each other without overlap or gap, as the format demands. */
    private static Contents tensors(Map<String, Entry> entries, FileRange data) throws IOException {
        List<Entry> inOrder = new ArrayList<>(entries.values());
        inOrder.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long end = 0;
        for (Entry entry : inOrder) {
            if (entry.begin != end || entry.end < entry.begin) {
                throw malformed(
                        "damaged: expected a tensor at %d, got one from %d to %d"
                                .formatted(end, entry.begin, entry.end),
                        null);
            }
            end = entry.end;
        }
        if (end != data.size()) {
            throw malformed(
                    "damaged, or the file is cut off: expected %d bytes of tensors, got %d"
                            .formatted(end, data.size()),
                    null);
        }
        Contents contents = Contents.empty(SaveAgain.SAFETENSORS);
        for (Map.Entry<String, Entry> named : entries.entrySet()) {
            Entry entry = named.getValue();
            FileRange section = data.slice(entry.begin, entry.end - entry.begin);
            long[] shape = entry.shape.stream().mapToLong(Long::longValue).toArray();
            if (entry.type.isPresent()) {
                contents.tensors()
                        .put(
                                named.getKey(),
                                FileTensor.contiguous(
                                        entry.type.get(), ByteOrder.LITTLE_ENDIAN, section, shape));
            } else {
                String reason = UnusableTensorException.ofType(entry.typeName).getMessage();
                contents.refused().put(named.getKey(), reason);
            }
        }
        return contents;
    }

    private static MalformedWeightsException malformed(String how, Throwable cause) {
        return new MalformedWeightsException("the safetensors header is " + how, cause);
    }

    static void write(Map<String, Tensor> tensors, WritableByteChannel out) throws IOException {
        byte[] json = header(tensors).toString().getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
        ByteBuffer header = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(padded).put(json);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        AtomicFile.write(header.flip(), out);
        for (Tensor tensor : tensors.values()) {
            AtomicFile.write(AtomicFile.littleEndian(tensor), out);
        }
    }

    private static JsonObject header(Map<String, Tensor> tensors) {
        JsonObject header = new JsonObject();
        JsonObject metadata = new JsonObject();
        metadata.addProperty("format", "pt");
        header.add(METADATA, metadata);
        long begin = 0;
        for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
            if (named.getKey().equals(METADATA)) {
                throw new IllegalArgumentException(
                        "safetensors keeps a name for itself: expected another one than %s; write npz"
                                .formatted(METADATA));
            }
            Tensor tensor = named.getValue();
            JsonObject entry = new JsonObject();
            entry.addProperty("dtype", ElementType.of(tensor.dataType()).safetensorsName());
            entry.add("shape", array(tensor.shape().getShape()));
            entry.add("data_offsets", array(begin, begin + tensor.byteSize()));
            header.add(named.getKey(), entry);
            begin += tensor.byteSize();
        }
        return header;
    }

    private static JsonArray array(long... values) {
        JsonArray array = new JsonArray();
        for (long value : values) {
            array.add(value);
        }
        return array;
    }
}
