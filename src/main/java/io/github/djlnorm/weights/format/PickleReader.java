package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
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
final class PickleReader {

    /** What names and references to storages mean. */
    interface Names {

        /** What the result of calling a name stands for. */
        Object call(Name name, List<?> arguments) throws MalformedWeightsException;

        /** What an identifier stands for that the pickle itself cannot hold. */
        Object load(List<?> identifier) throws MalformedWeightsException;
    }

    /** A class or function, by its qualified name. */
    record Name(String qualified) {}

    /** A key of a dict that is no text, such as the number 3, as it would be written. */
    record OtherKey(String text) implements Comparable<OtherKey> {

        @Override
        public int compareTo(OtherKey other) { // keys of one hash must not take linear time
            return text.compareTo(other.text);
        }
    }

    // About 45 and 8 for each tensor.
    private static final int MAX_INSTRUCTIONS = 6_000_000;
    private static final int MAX_CONTAINERS = 1_000_000;

    private final PickleInput in;
    private final Names names;
    private final List<Object> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Integer, Object> memo = new HashMap<>();
    private int containers;

    private PickleReader(ByteBuffer pickle, Names names) {
        this.in = new PickleInput(pickle);
        this.names = names;
    }

    /** Reads one pickle, and leaves the position after it. */
    static Object read(ByteBuffer pickle, Names names) throws MalformedWeightsException {
        PickleReader reader = new PickleReader(pickle, names);
        for (int i = 0; i < MAX_INSTRUCTIONS; i++) {
            int opcode = reader.in.unsignedByte();
            if (opcode == '.') {
                return reader.pop();
            }
            reader.execute(opcode);
        }
        throw malformed("has more than " + MAX_INSTRUCTIONS + " instructions");
    }

    private void execute(int opcode) throws MalformedWeightsException {
        switch (opcode) {
            case 0x80 -> in.skip(1); // PROTO
            case 0x95 -> in.skip(Long.BYTES); // FRAME
            case '(' -> marks.push(stack.size()); // MARK
            case '0' -> pop(); // POP
            case '1' -> popFrom(mark()); // POP_MARK
            case '2' -> stack.add(peek()); // DUP
            case 'p' -> memo.put(index(), peek()); // PUT
            case 'q' -> memo.put(in.unsignedByte(), peek()); // BINPUT
            case 'r' -> memo.put(in.number(), peek()); // LONG_BINPUT
            case 0x94 -> memo.put(memo.size(), peek()); // MEMOIZE
            case 'g' -> stack.add(remembered(index())); // GET
            case 'h' -> stack.add(remembered(in.unsignedByte())); // BINGET
            case 'j' -> stack.add(remembered(in.number())); // LONG_BINGET
            case 'c' -> stack.add(new Name(in.line() + "." + in.line())); // GLOBAL
            case 0x93 -> stack.add(stackName()); // STACK_GLOBAL
            case 'R', 0x81 -> call(); // REDUCE, NEWOBJ
            case 0x92 -> callWithKeywords(); // NEWOBJ_EX
            case 'i' -> create(new Name(in.line() + "." + in.line()), mark()); // INST
            case 'o' -> createOfMark(); // OBJ
            case 'b' -> setState(); // BUILD
            case 'Q' -> stack.add(names.load(pop(List.class))); // BINPERSID
            case ']', 0x8f -> stack.add(list(new ArrayList<>())); // EMPTY_LIST, EMPTY_SET
            case 'l', 0x91 -> stack.add(list(popFrom(mark()))); // LIST, FROZENSET
            case 'a' -> append(stack.size() - 1); // APPEND
            case 'e', 0x90 -> append(mark()); // APPENDS, ADDITEMS
            case ')' -> stack.add(List.of()); // EMPTY_TUPLE
            case 0x85 -> stack.add(tuple(stack.size() - 1)); // TUPLE1
            case 0x86 -> stack.add(tuple(stack.size() - 2)); // TUPLE2
            case 0x87 -> stack.add(tuple(stack.size() - 3)); // TUPLE3
            case 't' -> stack.add(tuple(mark())); // TUPLE
            case '}' -> stack.add(dict()); // EMPTY_DICT
            case 'd' -> dictOfMark(); // DICT
            case 's' -> setItems(stack.size() - 2); // SETITEM
            case 'u' -> setItems(mark()); // SETITEMS
            default -> stack.add(in.plainValue(opcode));
        }
    }

    private int index() throws MalformedWeightsException {
        return in.decimal() instanceof Long index ? (int) Math.min(index, Integer.MAX_VALUE) : -1;
    }

    private <T> T counted(T container) throws MalformedWeightsException {
        if (++containers > MAX_CONTAINERS) {
            throw malformed("has more than " + MAX_CONTAINERS + " lists, dicts and objects");
        }
        return container;
    }

    private List<Object> list(List<Object> items) throws MalformedWeightsException {
        return counted(items);
    }

    private List<Object> tuple(int from) throws MalformedWeightsException {
        return counted(Collections.unmodifiableList(popFrom(from)));
    }

    private Map<Object, Object> dict() throws MalformedWeightsException {
        return counted(new LinkedHashMap<>());
    }

    private void dictOfMark() throws MalformedWeightsException {
        List<Object> items = popFrom(mark());
        Map<Object, Object> dict = dict();
        put(dict, items);
        stack.add(dict);
    }

    private void append(int from) throws MalformedWeightsException {
        List<Object> items = popFrom(from);
        if (peek() instanceof ArrayList<?>) {
            @SuppressWarnings("unchecked")
            List<Object> list = (List<Object>) peek();
            list.addAll(items);
        } else if (!(peek() instanceof PythonObject)) {
            throw unexpected("a list", peek());
        }
    }

    private void setItems(int from) throws MalformedWeightsException {
        List<Object> items = popFrom(from);
        if (peek() instanceof PythonObject object) {
            put(object.items(), items);
        } else if (peek() instanceof Map<?, ?>) {
            @SuppressWarnings("unchecked")
            Map<Object, Object> dict = (Map<Object, Object>) peek();
            put(dict, items);
        } else {
            throw unexpected("a dict", peek());
        }
    }

    private static void put(Map<Object, Object> dict, List<Object> items) {
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

    private Object remembered(int index) throws MalformedWeightsException {
        if (!memo.containsKey(index)) {
            throw malformed("refers to value " + index + ", which it does not have");
        }
        return memo.get(index);
    }

    private Name stackName() throws MalformedWeightsException {
        String name = pop(String.class);
        return new Name(pop(String.class) + "." + name);
    }

    private void call() throws MalformedWeightsException {
        List<?> arguments = pop(List.class);
        Object callee = pop();
        if (callee instanceof Name name) {
            stack.add(counted(names.call(name, arguments)));
        } else if (callee instanceof PythonObject object) {
            stack.add(counted(new PythonObject(object.name())));
        } else {
            throw unexpected("a name", callee);
        }
    }

    private void callWithKeywords() throws MalformedWeightsException {
        pop(Map.class);
        call();
    }

    private void create(Name name, int from) throws MalformedWeightsException {
        stack.add(counted(names.call(name, popFrom(from))));
    }

    private void createOfMark() throws MalformedWeightsException {
        List<Object> all = popFrom(mark());
        if (all.isEmpty() || !(all.get(0) instanceof Name name)) {
            throw unexpected("a name", all.isEmpty() ? null : all.get(0));
        }
        stack.add(counted(names.call(name, all.subList(1, all.size()))));
    }

    /** Keeps an object's state, and drops what a dict carries beside its entries. */
    private void setState() throws MalformedWeightsException {
        Object state = pop();
        if (peek() instanceof PythonObject object) {
            object.setState(state);
        }
    }

    private Object peek() throws MalformedWeightsException {
        if (stack.isEmpty() || (!marks.isEmpty() && marks.peek() == stack.size())) {
            throw malformed("uses a value that it does not have");
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() throws MalformedWeightsException {
        Object top = peek();
        stack.remove(stack.size() - 1);
        return top;
    }

    private <T> T pop(Class<T> type) throws MalformedWeightsException {
        Object top = pop();
        if (!type.isInstance(top)) {
            throw unexpected("a " + type.getSimpleName(), top);
        }
        return type.cast(top);
    }

    private int mark() throws MalformedWeightsException {
        if (marks.isEmpty()) {
            throw malformed("ends a sequence that it did not begin");
        }
        return marks.pop();
    }

    private List<Object> popFrom(int from) throws MalformedWeightsException {
        if (from < (marks.isEmpty() ? 0 : marks.peek()) || from > stack.size()) {
            throw malformed("uses a value that it does not have");
        }
        List<Object> top = stack.subList(from, stack.size());
        List<Object> copy = new ArrayList<>(top);
        top.clear();
        return copy;
    }

    private static MalformedWeightsException unexpected(String expected, Object actual) {
        String type = actual == null ? "None" : actual.getClass().getSimpleName();
        return malformed("is damaged: expected " + expected + ", got " + type);
    }

    private static MalformedWeightsException malformed(String what) {
        return new MalformedWeightsException("the pickle " + what);
    }
}
