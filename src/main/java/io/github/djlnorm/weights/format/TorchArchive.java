package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.format.PickleReader.Name;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What torch.save writes: a zip archive with a pickle of the saved object, and one entry for each
 * storage that its tensors are views of.
 */
final class TorchArchive implements PickleReader.Names {

    private static final String PICKLE = "/data.pkl";
    private static final int MAX_PICKLE_BYTES = 1 << 26;
    private static final int MAX_BYTE_ORDER_BYTES = 16;
    private static final String STORAGES = "torch.";

    /** Values that a storage has, as many as the pickle says. */
    private record Storage(ElementType type, ByteRange section) {}

    private final Map<String, ByteRange> entries;
    private final String folder;
    private final ByteOrder order;

    private TorchArchive(Map<String, ByteRange> entries, String folder) throws IOException {
        this.entries = entries;
        this.folder = folder;
        order = order();
    }

    /** The folder of an archive that torch.save wrote. */
    static Optional<String> folder(Map<String, ByteRange> entries) {
        return entries.keySet().stream()
                .filter(name -> name.endsWith(PICKLE))
                .map(name -> name.substring(0, name.length() - PICKLE.length()))
                .findFirst();
    }

    /** Reads the saved object, with tensors as {@link Tensor}. */
    static Object read(Map<String, ByteRange> entries, String folder) throws IOException {
        TorchArchive archive = new TorchArchive(entries, folder);
        return PickleReader.read(
                entries.get(folder + PICKLE).readAll(MAX_PICKLE_BYTES, "the pickle"), archive);
    }

    private ByteOrder order() throws IOException {
        ByteRange entry = entries.get(folder + "/byteorder");
        if (entry == null) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        String order =
                StandardCharsets.US_ASCII
                        .decode(entry.readAll(MAX_BYTE_ORDER_BYTES, "the byte order"))
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

    @Override
    public boolean allows(String name) {
        return switch (name) {
            case "collections.OrderedDict",
                    "torch.Size",
                    "torch._utils._rebuild_tensor_v2",
                    "torch._utils._rebuild_parameter" ->
                    true;
            default -> storageType(name).isPresent();
        };
    }

    private static Optional<ElementType> storageType(String name) {
        return name.startsWith(STORAGES)
                ? ElementType.ofTorchStorage(name.substring(STORAGES.length()))
                : Optional.empty();
    }

    @Override
    public Object call(Name name, List<?> arguments) throws MalformedWeightsException {
        return switch (name.qualified()) {
            case "collections.OrderedDict" -> orderedDict(arguments);
            case "torch.Size" -> argument(arguments, 0, List.class);
            case "torch._utils._rebuild_tensor_v2" -> tensor(arguments);
            case "torch._utils._rebuild_parameter" -> argument(arguments, 0, Tensor.class);
            default -> throw damaged(name.qualified() + " is called");
        };
    }

    private static Map<Object, Object> orderedDict(List<?> arguments)
            throws MalformedWeightsException {
        if (!arguments.isEmpty()) {
            throw damaged("an OrderedDict is made of arguments");
        }
        return new LinkedHashMap<>();
    }

    private Tensor tensor(List<?> arguments) throws MalformedWeightsException {
        Storage storage = argument(arguments, 0, Storage.class);
        return new FileTensor(
                storage.type,
                order,
                storage.section,
                argument(arguments, 1, Long.class),
                longs(argument(arguments, 2, List.class)),
                longs(argument(arguments, 3, List.class)));
    }

    private static long[] longs(List<?> values) throws MalformedWeightsException {
        long[] longs = new long[values.size()];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = argument(values, i, Long.class);
        }
        return longs;
    }

    @Override
    public Object load(List<?> identifier) throws MalformedWeightsException {
        String key = argument(identifier, 2, String.class);
        ElementType type =
                storageType(argument(identifier, 1, Name.class).qualified())
                        .orElseThrow(() -> damaged("a storage has no type"));
        ByteRange section = entries.get(folder + "/data/" + key);
        if (section == null) {
            throw damaged("there is no storage " + Printable.quoted(key));
        }
        long elements = argument(identifier, 4, Long.class);
        if (elements < 0 || elements > section.size() / type.bytes()) {
            throw damaged(
                    "storage %s has %d bytes for %d elements of %s"
                            .formatted(
                                    Printable.quoted(key),
                                    section.size(),
                                    elements,
                                    type.torchName()));
        }
        return new Storage(type, section);
    }

    private static <T> T argument(List<?> arguments, int index, Class<T> type)
            throws MalformedWeightsException {
        if (index >= arguments.size() || !type.isInstance(arguments.get(index))) {
            throw damaged(
                    "value %d of %d is no %s"
                            .formatted(index, arguments.size(), type.getSimpleName()));
        }
        return type.cast(arguments.get(index));
    }

    private static MalformedWeightsException damaged(String how) {
        return new MalformedWeightsException("the pickle is damaged: " + how);
    }
}
