package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.format.PickleReader.Name;
import io.github.djlnorm.weights.storage.ElementType;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import io.github.djlnorm.weights.storage.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What names and storages mean in the pickles of torch.save: the few functions that make tensors
 * and containers. Whatever else is called stands for an object that is carried and never made.
 */
final class TorchNames implements PickleReader.Names {

    private static final String REBUILD = "torch._utils._rebuild_";
    private static final String OF_TYPE = "torch._tensor._rebuild_from_type_v2";
    private static final String STORAGE = "Storage";
    private static final int MAX_RANK = 64;

    /**
     * A storage, before it is known where its bytes are.
     *
     * @param type the type of its elements; null for bytes, and where DJL has no such type
     * @param typeName the name of its class, as in FloatStorage
     * @param key its name among the storages
     * @param elements how many elements it has
     * @param offset where it begins in the storage of that name, as one of torch.save before
     *     PyTorch 1.6 can be a part of another
     */
    record Storage(ElementType type, String typeName, String key, long elements, long offset) {

        boolean isOfBytes() {
            return typeName.equals("UntypedStorage");
        }
    }

    /** A tensor, before it is known where the bytes of its storage are. */
    record View(
            Storage storage,
            ElementType type,
            long offset,
            List<Long> sizes,
            List<Long> strides,
            boolean negated) {}

    /** A tensor that is of no use, and why. */
    record Unusable(String reason) {}

    @Override
    public Object call(Name name, List<?> arguments) throws MalformedWeightsException {
        return switch (name.qualified()) {
            case "collections.OrderedDict" -> dict(arguments, 0);
            case "collections.Counter" -> dict(arguments, 0);
            case "collections.defaultdict" -> dict(arguments, 1);
            case "builtins.set",
                    "builtins.frozenset",
                    "__builtin__.set",
                    "__builtin__.frozenset",
                    "torch.Size" ->
                    arguments.isEmpty() ? List.of() : argument(arguments, 0, List.class);
            case "copyreg._reconstructor", "copy_reg._reconstructor" ->
                    new PythonObject(argument(arguments, 0, Name.class).qualified());
            case OF_TYPE -> ofType(arguments);
            case REBUILD + "parameter", REBUILD + "parameter_with_state" ->
                    argument(arguments, 0, Object.class);
            case REBUILD + "tensor", REBUILD + "tensor_v2" -> view(arguments, 6, null);
            case REBUILD + "tensor_v3" ->
                    view(arguments, 7, argument(arguments, 6, Name.class).qualified());
            default ->
                    name.qualified().startsWith(REBUILD)
                            ? new Unusable("it is a " + kind(name) + " tensor, which DJL has not")
                            : new PythonObject(name.qualified());
        };
    }

    /** A tensor of a class of its own, whose tensor is what counts. */
    private Object ofType(List<?> arguments) throws MalformedWeightsException {
        Name name = argument(arguments, 0, Name.class);
        if (name.qualified().equals(OF_TYPE)) {
            throw damaged("a tensor of a class is of a class again"); // and so on
        }
        return call(name, argument(arguments, 2, List.class));
    }

    private static String kind(Name name) {
        String kind = name.qualified().substring(REBUILD.length()).replaceAll("_?tensor.*", "");
        return kind.equals("q") ? "quantized" : Printable.of(kind);
    }

    private static Map<Object, Object> dict(List<?> arguments, int first)
            throws MalformedWeightsException {
        Map<Object, Object> dict = new LinkedHashMap<>();
        Object content = first < arguments.size() ? arguments.get(first) : null;
        if (content instanceof Map<?, ?> map) {
            dict.putAll(map);
        } else if (content instanceof List<?> pairs) { // as Python 2 wrote it
            for (Object pair : pairs) {
                if (!(pair instanceof List<?> two)
                        || two.size() != 2
                        || !(two.get(0) instanceof String key)) {
                    throw damaged("an OrderedDict is made of something else than pairs");
                }
                dict.put(key, two.get(1));
            }
        }
        return dict;
    }

    private static Object view(List<?> arguments, int flags, String dtype)
            throws MalformedWeightsException {
        Object given = arguments.isEmpty() ? null : arguments.get(0);
        if (given instanceof PythonObject object) {
            return new Unusable("it depends on " + Printable.of(object.name()));
        }
        Storage storage = argument(arguments, 0, Storage.class);
        long offset = argument(arguments, 1, Long.class);
        List<Long> sizes = longs(argument(arguments, 2, List.class));
        List<Long> strides = longs(argument(arguments, 3, List.class));
        ElementType type =
                dtype == null ? storage.type : ElementType.ofTorchName(last(dtype)).orElse(null);
        if (type == null) {
            String name = dtype == null ? storage.typeName : dtype;
            return new Unusable("its type is " + Printable.of(name) + ", which DJL has not");
        }
        boolean negated = false;
        Object flagged = flags < arguments.size() ? arguments.get(flags) : null;
        if (flagged instanceof Map<?, ?> set) {
            for (Map.Entry<?, ?> flag : set.entrySet()) {
                if (flag.getKey().equals("neg")) {
                    negated = Boolean.TRUE.equals(flag.getValue());
                } else if (!Boolean.FALSE.equals(flag.getValue())) {
                    String name = Printable.of(String.valueOf(flag.getKey()));
                    return new Unusable("it has the flag " + name);
                }
            }
        }
        return new View(storage, type, offset, sizes, strides, negated);
    }

    private static List<Long> longs(List<?> values) throws MalformedWeightsException {
        if (values.size() > MAX_RANK) {
            throw damaged("a tensor has " + values.size() + " dimensions");
        }
        List<Long> longs = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            longs.add(argument(values, i, Long.class));
        }
        return longs;
    }

    /** ("storage", class, key, device, elements[, part]), or ("module", class, ...). */
    @Override
    public Object load(List<?> identifier) throws MalformedWeightsException {
        if (!identifier.isEmpty() && "module".equals(identifier.get(0))) {
            return argument(identifier, 1, Name.class);
        }
        String typeName = last(argument(identifier, 1, Name.class).qualified());
        String key = String.valueOf(argument(identifier, 2, Object.class));
        long elements = argument(identifier, 4, Long.class);
        if (elements < 0 || !typeName.endsWith(STORAGE)) {
            throw damaged("a storage of %d elements of %s".formatted(elements, typeName));
        }
        long offset = 0;
        if (identifier.size() > 5 && identifier.get(5) instanceof List<?> part) {
            offset = argument(part, 1, Long.class);
            if (offset < 0) {
                throw damaged("a storage begins at " + offset);
            }
        }
        ElementType type = ElementType.ofTorchStorage(typeName).orElse(null);
        return new Storage(type, typeName, key, elements, offset);
    }

    private static String last(String qualified) {
        return qualified.substring(qualified.lastIndexOf('.') + 1);
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

    static MalformedWeightsException damaged(String how) {
        return new MalformedWeightsException("the pickle is damaged: " + how);
    }
}
