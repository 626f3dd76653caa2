package io.github.djlnorm.weights.format;

import ai.djl.ndarray.types.DataType;
import io.github.djlnorm.weights.storage.AtomicFile;
import io.github.djlnorm.weights.storage.ElementType;
import io.github.djlnorm.weights.storage.FileRange;
import io.github.djlnorm.weights.storage.FileTensor;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import io.github.djlnorm.weights.storage.NegatedTensor;
import io.github.djlnorm.weights.storage.Printable;
import io.github.djlnorm.weights.storage.Source;
import io.github.djlnorm.weights.storage.Tensor;
import io.github.djlnorm.weights.storage.ZipDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The formats of weights, which are known by their content when read, and by name when written. */
public final class WeightFiles {

    private static final int MAX_TENSORS = 100_000;
    // Tied weights share a storage, so that the tensors may be more than the file.
    private static final long MAX_TIED = 16;
    private static final long MAX_INFLATED = 4;
    private static final int ZIP_START = 0x04034b50;

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
     * @param source the file, which the tensors are read from when they are asked for
     * @param key the key of the state dict in what {@code torch.save} wrote: keys with dots between
     *     them
     * @return what is in it
     * @throws MalformedWeightsException if the file is damaged or of another kind, or has no such
     *     key or several state dicts
     * @throws IOException if it cannot be read
     */
    public static Contents read(Source source, Optional<String> key) throws IOException {
        Contents contents = contents(FileRange.of(source), key);
        requireBounded(contents.tensors(), source.size());
        return contents;
    }

    private static Contents contents(FileRange file, Optional<String> key) throws IOException {
        ByteBuffer start =
                file.slice(0, Math.min(file.size(), ForeignFile.START_BYTES))
                        .readAll(ForeignFile.START_BYTES, "the start")
                        .order(ByteOrder.LITTLE_ENDIAN);
        if (start.remaining() >= Integer.BYTES && start.getInt(0) == ZIP_START) {
            return zipped(ZipDirectory.read(file), key);
        } else if (LegacyTorchFile.isStart(start)) {
            return Checkpoint.stateDict(LegacyTorchFile.read(file), key);
        } else if (Safetensors.isStart(start)) {
            requireNoKey(key);
            return Safetensors.read(file);
        }
        throw new MalformedWeightsException(
                "this is no checkpoint: " + ForeignFile.describe(start));
    }

    private static Contents zipped(Map<String, ZipDirectory.Entry> entries, Optional<String> key)
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
        // Of views, what must be gone through counts: a few bytes can be far apart, and those that
        // are compressed are inflated from their entry's start.
        long stored = 0;
        long inflated = 0;
        for (Tensor tensor : tensors.values()) {
            FileTensor view = view(tensor);
            stored += view.isStored() ? view.cost() : 0;
            inflated += view.isStored() ? 0 : view.cost();
            if (stored > MAX_TIED * fileBytes
                    || inflated > MAX_INFLATED * ZipDirectory.expansionLimit(fileBytes)) {
                throw new MalformedWeightsException(
                        "its tensors overlap: they span more than %d bytes in a file of %d"
                                .formatted(stored + inflated - 1, fileBytes));
            }
        }
    }

    private static FileTensor view(Tensor tensor) {
        return (FileTensor) (tensor instanceof NegatedTensor negated ? negated.stored() : tensor);
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
        WeightFormat format = WeightFormat.of(file);
        AtomicFile.write(file, out -> format.write(tensors, out));
    }
}
