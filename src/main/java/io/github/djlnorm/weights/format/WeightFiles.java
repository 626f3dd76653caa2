package io.github.djlnorm.weights.format;

import ai.djl.ndarray.types.DataType;
import io.github.djlnorm.internal.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The formats of weights, which are known by their content when read, and by name when written. */
public final class WeightFiles {

    private static final int MAX_TENSORS = 100_000;
    // Tied weights share a storage, so that the tensors may be more than the file.
    private static final long MAX_TIED = 16;
    private static final int ZIP_START = 0x04034b50;
    private static final int OLD_TORCH_START = 0x80;

    private WeightFiles() {}

    /**
     * Returns PyTorch's name of a type.
     *
     * @param type a type that files can hold
     * @return the name, as in float32
     */
    public static String torchName(DataType type) {
        return ElementType.of(type).torchName();
    }

    /**
     * Reads the directory of a file.
     *
     * @param channel the file, which the tensors are read from when they are asked for
     * @param key the key of the state dict in what {@code torch.save} wrote
     * @return the tensors by name, in their order
     * @throws MalformedWeightsException if the file is damaged, names anything but tensors and
     *     plain values, or has no such key
     * @throws IOException if it cannot be read
     */
    public static Map<String, Tensor> read(FileChannel channel, Optional<String> key)
            throws IOException {
        Map<String, Tensor> tensors = tensors(FileRange.of(channel), key);
        requireBounded(tensors, channel.size());
        return tensors;
    }

    private static Map<String, Tensor> tensors(FileRange file, Optional<String> key)
            throws IOException {
        ByteBuffer start =
                file.slice(0, Math.min(file.size(), Integer.BYTES))
                        .readAll(Integer.BYTES, "the start")
                        .order(ByteOrder.LITTLE_ENDIAN);
        if (start.remaining() == Integer.BYTES && start.getInt(0) == ZIP_START) {
            return zipped(ZipDirectory.read(file), key);
        } else if (start.remaining() > 1
                && Byte.toUnsignedInt(start.get(0)) == OLD_TORCH_START
                && start.get(1) <= 5) {
            throw new MalformedWeightsException(
                    "this is a bare pickle, as torch.save wrote before PyTorch 1.6; save it again"
                            + " with a newer one");
        }
        requireNoKey(key);
        return Safetensors.read(file);
    }

    private static Map<String, Tensor> zipped(Map<String, ByteRange> entries, Optional<String> key)
            throws IOException {
        Optional<String> folder = TorchArchive.folder(entries);
        if (folder.isPresent()) {
            return Checkpoint.stateDict(TorchArchive.read(entries, folder.get()), key);
        } else if (Npz.isNpz(entries)) {
            requireNoKey(key);
            return Npz.read(entries);
        }
        throw new MalformedWeightsException(
                "this zip archive holds no weights: expected data.pkl of torch.save, or npy files");
    }

    private static void requireNoKey(Optional<String> key) throws MalformedWeightsException {
        if (key.isPresent()) {
            throw new MalformedWeightsException(
                    "only what torch.save wrote has keys: read it without "
                            + Printable.quoted(key.get()));
        }
    }

    private static void requireBounded(Map<String, Tensor> tensors, long fileBytes)
            throws MalformedWeightsException {
        if (tensors.size() > MAX_TENSORS) {
            throw new MalformedWeightsException("it has more than " + MAX_TENSORS + " tensors");
        }
        long total = 0;
        for (Tensor tensor : tensors.values()) {
            total += tensor.byteSize();
            if (total > MAX_TIED * fileBytes + ZipDirectory.expansionLimit(fileBytes)) {
                throw new MalformedWeightsException(
                        "its tensors overlap: they have more than %d bytes in a file of %d"
                                .formatted(total, fileBytes));
            }
        }
    }

    /**
     * Writes tensors to a file, as a whole or not at all.
     *
     * @param tensors the tensors by name, in their order
     * @param file the file, which is replaced if it exists
     * @throws IllegalArgumentException if the name ends with no known format
     * @throws IOException if it cannot be written
     */
    public static void write(Map<String, Tensor> tensors, Path file) throws IOException {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".safetensors")) {
            AtomicFile.write(file, out -> Safetensors.write(tensors, out));
        } else if (name.endsWith(".npz")) {
            AtomicFile.write(file, out -> Npz.write(tensors, out));
        } else {
            throw Refusal.of(
                    "the file's name must tell its format",
                    ".safetensors or .npz",
                    file,
                    "rename it");
        }
    }
}
