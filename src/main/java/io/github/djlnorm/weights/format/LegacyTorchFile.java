package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.format.TorchNames.Storage;
import io.github.djlnorm.weights.storage.ByteRange;
import io.github.djlnorm.weights.storage.FileRange;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import io.github.djlnorm.weights.storage.Printable;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What torch.save wrote before PyTorch 1.6: a number, a version, facts of the system and the saved
 * object as four pickles, a fifth one of the storages' names, and the storages, each with the
 * number of its elements before it.
 */
final class LegacyTorchFile {

    private static final Number MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final int PROTOCOL = 0x80;
    private static final int NUMBER = 'L'; // which protocols 0 and 1 start with

    private static final int FIRST_WINDOW = 1 << 20;
    private static final int MAX_WINDOW = 1 << 26;
    private static final String LITTLE_ENDIAN = "little_endian";

    /** The sizes of elements that DJL has not, and that must be gone over. */
    private static final Map<String, Integer> OTHER_BYTES =
            Map.of("ComplexFloatStorage", 8, "ComplexDoubleStorage", 16, "QInt32Storage", 4);

    private LegacyTorchFile() {}

    static boolean isStart(ByteBuffer start) {
        int first = start.hasRemaining() ? Byte.toUnsignedInt(start.get(0)) : 0;
        if (first != PROTOCOL && first != NUMBER) {
            return false;
        }
        try {
            return MAGIC.equals(PickleReader.read(start.duplicate(), new TorchNames()));
        } catch (MalformedWeightsException e) {
            return false;
        }
    }

    static SavedObject read(FileRange file) throws IOException {
        for (int window = FIRST_WINDOW; ; window *= 4) {
            boolean isWhole = window >= file.size();
            FileRange start = isWhole ? file : file.slice(0, window);
            ByteBuffer pickles = start.readAll(MAX_WINDOW, "the pickle");
            try {
                return read(file, pickles);
            } catch (PickleInput.CutOff e) {
                if (isWhole || window == MAX_WINDOW) {
                    throw e;
                }
            }
        }
    }

    private static SavedObject read(FileRange file, ByteBuffer pickles) throws IOException {
        TorchNames names = new TorchNames();
        UsedStorages used = new UsedStorages(names);
        PickleReader.read(pickles, names); // the number that tells the format
        PickleReader.read(pickles, names); // its version
        Object system = PickleReader.read(pickles, names);
        Object root = PickleReader.read(pickles, used);
        Object keys = PickleReader.read(pickles, names);
        boolean little =
                !(system instanceof Map<?, ?> facts)
                        || !Boolean.FALSE.equals(facts.get(LITTLE_ENDIAN));
        ByteOrder order = little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        Map<String, ByteRange> ranges = new HashMap<>();
        long position = pickles.position();
        for (Object key : keys instanceof List<?> list ? list : List.of()) {
            Storage storage = used.get(String.valueOf(key));
            long elements = count(file.slice(position, Long.BYTES), order);
            int bytes =
                    storage.type() == null
                            ? OTHER_BYTES.getOrDefault(storage.typeName(), 1)
                            : storage.type().bytes();
            if (elements < 0 || elements > file.size() / bytes) {
                throw TorchNames.damaged("a storage of " + elements + " elements");
            }
            ranges.put(storage.key(), file.slice(position + Long.BYTES, elements * bytes));
            position += Long.BYTES + elements * bytes;
        }
        return new SavedObject(root, new TorchStorages(ranges, order), Map.of());
    }

    private static long count(FileRange where, ByteOrder order) throws IOException {
        return where.readAll(Long.BYTES, "a storage's size").order(order).getLong();
    }

    /** Remembers the storages that tensors refer to, whose types tell how long they are. */
    private record UsedStorages(TorchNames names, Map<String, Storage> storages)
            implements PickleReader.Names {

        UsedStorages(TorchNames names) {
            this(names, new HashMap<>());
        }

        Storage get(String key) throws MalformedWeightsException {
            Storage storage = storages.get(key);
            if (storage == null) {
                throw TorchNames.damaged("no tensor has storage " + Printable.quoted(key));
            }
            return storage;
        }

        @Override
        public Object call(PickleReader.Name name, List<?> arguments)
                throws MalformedWeightsException {
            return names.call(name, arguments);
        }

        @Override
        public Object load(List<?> identifier) throws MalformedWeightsException {
            Object loaded = names.load(identifier);
            if (loaded instanceof Storage storage) {
                storages.putIfAbsent(storage.key(), storage);
            }
            return loaded;
        }
    }
}
