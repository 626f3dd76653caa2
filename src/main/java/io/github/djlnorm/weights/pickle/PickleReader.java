package io.github.djlnorm.weights.pickle;

import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the pickles of protocols 0 to 5: plain values, lists, tuples, dicts in their order, and
 * objects, which are carried and never made.
 *
 * <p>No name is ever looked up, and nothing is called: a caller says what the calls of the names
 * mean that it knows. Work and memory are bounded by the pickle's length, by a number of
 * instructions and by a number of values, and nothing here is recursive.
 *
 * <p>The library net.razorvine:pickle could not be held to this: it loses the order of dicts, which
 * matching weights by order needs, calls methods by reflection, and reserves whatever memory a
 * length asks for.
 */
public final class PickleReader {

    /** What names and references to storages mean. */
    public interface Names {

        /** What the result of calling a name stands for. */
        Object call(Name name, List<?> arguments) throws MalformedWeightsException;

        /** What an identifier stands for that the pickle itself cannot hold. */
        Object load(List<?> identifier) throws MalformedWeightsException;
    }

    /** A class or function, by its qualified name. */
    public record Name(String qualified) {}

    /** A key of a dict that is no text, such as the number 3, as it would be written. */
    public record OtherKey(String text) implements Comparable<OtherKey> {

        @Override
        public int compareTo(OtherKey other) { // keys of one hash must not take linear time
            return text.compareTo(other.text);
        }
    }

    // About 45 for each tensor.
    private static final int MAX_INSTRUCTIONS = 6_000_000;

    private final PickleInput in;
    private final Names names;
    private final PickleStack stack = new PickleStack();
    private final PickleMemo memo;
    private final PickleMemory memory;

    private PickleReader(ByteBuffer pickle, Names names) throws MalformedWeightsException {
        this.memory = new PickleMemory(pickle.remaining());
        this.memo = new PickleMemo(memory);
        this.in = new PickleInput(pickle);
        this.names = names;
    }

    /** Reads one pickle, and leaves the position after it. */
    public static Object read(ByteBuffer pickle, Names names) throws MalformedWeightsException {
        PickleReader reader = new PickleReader(pickle, names);
        for (int i = 0; i < MAX_INSTRUCTIONS; i++) {
            int opcode = reader.in.unsignedByte();
            if (opcode == '.') {
                return reader.stack.pop();
            }
            reader.memory.takeInstruction();
            reader.execute(opcode);
        }
        throw malformed("has more than " + MAX_INSTRUCTIONS + " instructions");
    }

    private void execute(int opcode) throws MalformedWeightsException {
        switch (opcode) {
            case 0x80 -> in.skip(1); // PROTO
            case 0x95 -> in.skip(Long.BYTES); // FRAME
            case '(' -> mark(); // MARK
            case '0' -> stack.pop(); // POP
            case '1' -> stack.popToMark(); // POP_MARK
            case '2' -> stack.add(stack.peek()); // DUP
            case 'p' -> memo.put(index(), stack.peek()); // PUT
            case 'q' -> memo.put(in.unsignedByte(), stack.peek()); // BINPUT
            case 'r' -> memo.put(in.number(), stack.peek()); // LONG_BINPUT
            case 0x94 -> memo.add(stack.peek()); // MEMOIZE
            case 'g' -> stack.add(memo.get(index())); // GET
            case 'h' -> stack.add(memo.get(in.unsignedByte())); // BINGET
            case 'j' -> stack.add(memo.get(in.number())); // LONG_BINGET
            case 'c' -> stack.add(name(in.line(), in.line())); // GLOBAL
            case 0x93 -> stack.add(stackName()); // STACK_GLOBAL
            case 'R', 0x81 -> call(); // REDUCE, NEWOBJ
            case 0x92 -> callWithKeywords(); // NEWOBJ_EX
            case 'i' -> create(name(in.line(), in.line())); // INST
            case 'o' -> createOfMark(); // OBJ
            case 'b' -> setState(); // BUILD
            case 'Q' -> load(stack.pop(List.class)); // BINPERSID
            case 'P' -> load(TextIdentifier.parse(in.line())); // PERSID
            case ']', 0x8f -> stack.add(list(new ArrayList<>())); // EMPTY_LIST, EMPTY_SET
            case 'l', 0x91 -> stack.add(list(stack.popToMark())); // LIST, FROZENSET
            case 'a' -> append(stack.pop(1)); // APPEND
            case 'e', 0x90 -> append(stack.popToMark()); // APPENDS, ADDITEMS
            case ')' -> stack.add(List.of()); // EMPTY_TUPLE
            case 0x85 -> stack.add(tuple(stack.pop(1))); // TUPLE1
            case 0x86 -> stack.add(tuple(stack.pop(2))); // TUPLE2
            case 0x87 -> stack.add(tuple(stack.pop(3))); // TUPLE3
            case 't' -> stack.add(tuple(stack.popToMark())); // TUPLE
            case '}' -> stack.add(dict()); // EMPTY_DICT
            case 'd' -> dictOfMark(); // DICT
            case 's' -> setItems(stack.pop(2)); // SETITEM
            case 'u' -> setItems(stack.popToMark()); // SETITEMS
            default -> stack.add(counted(in.plainValue(opcode)));
        }
    }

    private int index() throws MalformedWeightsException {
        return in.decimal() instanceof Long index ? (int) Math.min(index, Integer.MAX_VALUE) : -1;
    }

    private void mark() throws MalformedWeightsException {
        memory.takeItems(2);
        stack.mark();
    }

    private Object counted(Object value) throws MalformedWeightsException {
        memory.takeValue(value);
        return value;
    }

    private List<Object> list(List<Object> items) throws MalformedWeightsException {
        memory.takeContainer();
        memory.takeItems(items.size());
        return items;
    }

    private List<Object> tuple(List<Object> items) throws MalformedWeightsException {
        return Collections.unmodifiableList(list(items));
    }

    private Map<Object, Object> dict() throws MalformedWeightsException {
        memory.takeContainer();
        return new LinkedHashMap<>();
    }

    private void dictOfMark() throws MalformedWeightsException {
        List<Object> items = stack.popToMark();
        Map<Object, Object> dict = dict();
        put(dict, items);
        stack.add(dict);
    }

    private void append(List<Object> items) throws MalformedWeightsException {
        if (stack.peek() instanceof ArrayList<?>) {
            @SuppressWarnings("unchecked")
            List<Object> list = (List<Object>) stack.peek();
            memory.takeItems(items.size());
            list.addAll(items);
        } else if (!(stack.peek() instanceof PythonObject)) {
            throw unexpected("a list", stack.peek());
        }
    }

    private void setItems(List<Object> items) throws MalformedWeightsException {
        if (stack.peek() instanceof PythonObject object) {
            put(object.items(), items);
        } else if (stack.peek() instanceof Map<?, ?>) {
            @SuppressWarnings("unchecked")
            Map<Object, Object> dict = (Map<Object, Object>) stack.peek();
            put(dict, items);
        } else {
            throw unexpected("a dict", stack.peek());
        }
    }

    private void put(Map<Object, Object> dict, List<Object> items)
            throws MalformedWeightsException {
        memory.takeEntries(items.size() / 2);
        for (int i = 0; i + 1 < items.size(); i += 2) {
            dict.put(key(items.get(i), dict.size()), items.get(i + 1));
        }
    }

    // Never a container itself, which could hold itself and have no hash.
    private static Object key(Object key, int place) {
        if (key instanceof String) {
            return key;
        }
        boolean isPlain = key == null || key instanceof Number || key instanceof Boolean;
        return new OtherKey(isPlain ? String.valueOf(key) : "key " + place);
    }

    private Name stackName() throws MalformedWeightsException {
        String name = stack.pop(String.class);
        return name(stack.pop(String.class), name);
    }

    private Name name(String module, String name) throws MalformedWeightsException {
        String qualified = module + "." + name;
        counted(qualified);
        return new Name(qualified);
    }

    private void call() throws MalformedWeightsException {
        List<?> arguments = stack.pop(List.class);
        Object callee = stack.pop();
        if (callee instanceof Name name) {
            stack.add(result(name, arguments));
        } else if (callee instanceof PythonObject object) {
            stack.add(result(new Name(object.name()), List.of()));
        } else {
            throw unexpected("a name", callee);
        }
    }

    /** What a call stands for, which can hold what its arguments hold. */
    private Object result(Name name, List<?> arguments) throws MalformedWeightsException {
        memory.takeCall(arguments);
        return names.call(name, arguments);
    }

    private void load(List<?> identifier) throws MalformedWeightsException {
        memory.takeContainer();
        stack.add(names.load(identifier));
    }

    private void callWithKeywords() throws MalformedWeightsException {
        stack.pop(Map.class);
        call();
    }

    private void create(Name name) throws MalformedWeightsException {
        stack.add(result(name, stack.popToMark()));
    }

    private void createOfMark() throws MalformedWeightsException {
        List<Object> all = stack.popToMark();
        if (all.isEmpty() || !(all.get(0) instanceof Name name)) {
            throw unexpected("a name", all.isEmpty() ? null : all.get(0));
        }
        stack.add(result(name, all.subList(1, all.size())));
    }

    /** Keeps an object's state, and drops what a dict carries beside its entries. */
    private void setState() throws MalformedWeightsException {
        Object state = stack.pop();
        if (stack.peek() instanceof PythonObject object) {
            object.setState(state);
        }
    }

    static MalformedWeightsException unexpected(String expected, Object actual) {
        String type = actual == null ? "None" : actual.getClass().getSimpleName();
        return malformed("is damaged: expected " + expected + ", got " + type);
    }

    static MalformedWeightsException malformed(String what) {
        return new MalformedWeightsException("the pickle " + what);
    }
}
