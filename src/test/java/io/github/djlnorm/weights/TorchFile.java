package io.github.djlnorm.weights;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes what torch.save writes, right or wrong, without Python.
 *
 * <p>As seen in files of PyTorch 2.6: a zip archive of stored entries NAME/data.pkl, NAME/byteorder
 * ("little" or "big"), NAME/data/0, NAME/data/1 ... (the storages), NAME/version ("3\n"). The
 * pickle of protocol 2 is a dict of torch._utils._rebuild_tensor_v2(storage, offset, sizes,
 * strides, requires_grad, hooks), where storage is the persistent id ("storage", class, key, "cpu",
 * number of elements).
 */
final class TorchFile {

    private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(pickle);
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private boolean deflated;

    TorchFile() {
        entries.put("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        raw(0x80, 2).raw('}', '(');
    }

    static byte[] floats(float... values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    TorchFile deflated() {
        deflated = true;
        return this;
    }

    TorchFile entry(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    /** A tensor that is all of a new storage. */
    TorchFile floats(String name, long[] sizes, float... values) {
        String key = Integer.toString(entries.size());
        entry("data/" + key, floats(values));
        long[] strides = new long[sizes.length];
        long stride = 1;
        for (int i = sizes.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= sizes[i];
        }
        return tensor(name, "FloatStorage", key, values.length, 0, sizes, strides);
    }

    TorchFile tensor(
            String name,
            String storage,
            String key,
            long elements,
            long offset,
            long[] sizes,
            long[] strides) {
        text(name).global("torch._utils", "_rebuild_tensor_v2").raw('(');
        raw('(').text("storage").global("torch", storage).text(key).text("cpu");
        number(elements).raw('t', 'Q');
        number(offset).numbers(sizes).numbers(strides).raw(0x89);
        return global("collections", "OrderedDict").raw(')', 'R', 't', 'R');
    }

    TorchFile raw(int... bytes) {
        for (int b : bytes) {
            pickle.write(b);
        }
        return this;
    }

    TorchFile global(String module, String name) {
        return ascii("c" + module + "\n" + name + "\n");
    }

    TorchFile ascii(String text) {
        pickle.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    TorchFile text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return length('X', utf8.length).ascii(text);
    }

    /** An instruction that a length of four bytes follows. */
    TorchFile length(int opcode, int length) {
        try {
            out.writeByte(opcode);
            out.writeInt(Integer.reverseBytes(length));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private TorchFile number(long value) {
        try {
            out.writeByte(0x8a);
            out.writeByte(Long.BYTES);
            out.writeLong(Long.reverseBytes(value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private TorchFile numbers(long... values) {
        raw('(');
        for (long value : values) {
            number(value);
        }
        return raw('t');
    }

    byte[] bytes() {
        raw('u', '.');
        entries.put("data.pkl", pickle.toByteArray());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(deflated ? ZipOutputStream.DEFLATED : ZipOutputStream.STORED);
            for (Map.Entry<String, byte[]> content : entries.entrySet()) {
                CRC32 crc = new CRC32();
                crc.update(content.getValue());
                ZipEntry entry = new ZipEntry("archive/" + content.getKey());
                entry.setSize(content.getValue().length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(content.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    Path write(Path folder) throws IOException {
        return Files.write(folder.resolve("generated.pth"), bytes());
    }
}
