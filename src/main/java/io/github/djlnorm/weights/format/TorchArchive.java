package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.storage.ByteRange;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import io.github.djlnorm.weights.storage.Printable;
import io.github.djlnorm.weights.storage.ZipDirectory.Entry;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What torch.save and torch.jit.save write: a zip archive with a pickle of the saved object, and
 * one entry for each storage that its tensors are views of.
 */
final class TorchArchive {

    private static final String PICKLE = "/data.pkl";
    private static final String DATA = "/data/";
    private static final int MAX_PICKLE_BYTES = 1 << 26;
    private static final int MAX_BYTE_ORDER_BYTES = 16;

    private TorchArchive() {}

    /** The folder of an archive that torch.save wrote. */
    static Optional<String> folder(Map<String, Entry> entries) {
        return entries.keySet().stream()
                .filter(name -> name.endsWith(PICKLE))
                .map(name -> name.substring(0, name.length() - PICKLE.length()))
                .findFirst();
    }

    static SavedObject read(Map<String, Entry> entries, String folder) throws IOException {
        Object root =
                PickleReader.read(
                        entries.get(folder + PICKLE)
                                .bytes()
                                .readAll(MAX_PICKLE_BYTES, "the pickle"),
                        new TorchNames());
        Map<String, ByteRange> storages = new HashMap<>();
        String data = folder + DATA;
        entries.forEach(
                (name, entry) -> {
                    if (name.startsWith(data)) {
                        storages.put(name.substring(data.length()), entry.bytes());
                    }
                });
        return new SavedObject(
                root,
                new TorchStorages(storages, order(entries, folder)),
                TorchScriptCode.tensors(entries, folder));
    }

    private static ByteOrder order(Map<String, Entry> entries, String folder) throws IOException {
        Entry entry = entries.get(folder + "/byteorder");
        if (entry == null) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        String order =
                StandardCharsets.US_ASCII
                        .decode(entry.bytes().readAll(MAX_BYTE_ORDER_BYTES, "the byte order"))
                        .toString();
        return switch (order) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default ->
                    throw new MalformedWeightsException(
                            "the byte order is %s: expected little or big"
                                    .formatted(Printable.quoted(order)));
        };
    }
}
