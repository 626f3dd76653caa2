package io.github.djlnorm.weights.format;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the pickles that torch.save writes, and nothing else: plain values, lists, tuples, dicts in
 * their order, and the names that a caller allows.
 *
 * <p>No name is ever looked up; one that is not allowed is refused before anything uses it. Work
 * and memory are bounded by the pickle's length and by a number of instructions, and nothing here
 * is recursive.
 *
 * <p>The library net.razorvine:pickle could not be held to this: it loses the order of dicts, which
 * matching weights by order needs, makes a stand-in for every class that it does not know, calls
 * methods by reflection, and reserves whatever memory a length asks for.
 */
final class PickleReader {

    /** What allowed names and references to storages mean. */
    interface Names {

        boolean allows(String name);

        /** The result of calling an allowed name. */
        Object call(Name name, List<?> arguments) throws MalformedWeightsException;

        /** What an identifier stands for that the pickle itself cannot hold. */
        Object load(List<?> identifier) throws MalformedWeightsException;
    }

    /** A class or function, by its qualified name. */
    record Name(String qualified) {}

    // About 45 for each tensor.
    private static final int MAX_INSTRUCTIONS = 4_000_000;

    private final ByteBuffer pickle;
    private final Names names;
    private final List<Object> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private PickleReader(ByteBuffer pickle, Names names) {
        this.pickle = pickle.order(ByteOrder.LITTLE_ENDIAN);
        this.names = names;
    }

    static Object read(ByteBuffer pickle, Names names) throws MalformedWeightsException {
        PickleReader reader = new PickleReader(pickle, names);
        for (int i = 0; i < MAX_INSTRUCTIONS; i++) {
            int opcode = reader.unsignedByte();
            if (opcode == '.') {
                return reader.pop();
            }
            reader.execute(opcode);
        }
        throw malformed("has more than " + MAX_INSTRUCTIONS + " instructions");
    }

    private void execute(int opcode) throws MalformedWeightsException {
        switch (opcode) {
            case 0x80 -> skip(1); // PROTO
            case 0x95 -> skip(Long.BYTES); // FRAME
            case '(' -> marks.push(stack.size()); // MARK
            case 'N' -> stack.add(null); // NONE
            case 0x88 -> stack.add(true); // NEWTRUE
            case 0x89 -> stack.add(false); // NEWFALSE
            case 'K' -> stack.add((long) unsignedByte()); // BININT1
            case 'M' -> stack.add((long) Short.toUnsignedInt(need(2).getShort())); // BININT2
            case 'J' -> stack.add((long) need(4).getInt()); // BININT
            case 0x8a -> stack.add(longValue()); // LONG1
            case 'G' -> stack.add(bigEndianDouble()); // BINFLOAT
            case 'X' -> stack.add(text(need(4).getInt())); // BINUNICODE
            case 0x8c -> stack.add(text(unsignedByte())); // SHORT_BINUNICODE
            case ')' -> stack.add(List.of()); // EMPTY_TUPLE
            case 0x85 -> stack.add(tuple(stack.size() - 1)); // TUPLE1
            case 0x86 -> stack.add(tuple(stack.size() - 2)); // TUPLE2
            case 0x87 -> stack.add(tuple(stack.size() - 3)); // TUPLE3
            case 't' -> stack.add(tuple(mark())); // TUPLE
            case ']' -> stack.add(new ArrayList<>()); // EMPTY_LIST
            case 'a' -> append(stack.size() - 1); // APPEND
            case 'e' -> append(mark()); // APPENDS
            case '}' -> stack.add(new LinkedHashMap<>()); // EMPTY_DICT
            case 's' -> setItems(stack.size() - 2); // SETITEM
            case 'u' -> setItems(mark()); // SETITEMS
            case 'q' -> memo.put(unsignedByte(), peek()); // BINPUT
            case 'r' -> memo.put(need(4).getInt(), peek()); // LONG_BINPUT
            case 0x94 -> memo.put(memo.size(), peek()); // MEMOIZE
            case 'h' -> stack.add(remembered(unsignedByte())); // BINGET
            case 'j' -> stack.add(remembered(need(4).getInt())); // LONG_BINGET
            case 'c', 'i' -> stack.add(name(line(), line())); // GLOBAL, INST
            case 0x93 -> stackGlobal(); // STACK_GLOBAL
            case 'R', 0x81 -> call(); // REDUCE, NEWOBJ
            case 'b' -> dropAttributes(); // BUILD
            case 'Q' -> stack.add(names.load(pop(List.class))); // BINPERSID
            default ->
                    throw malformed(
                            "has an instruction that torch.save does not write: 0x%02x"
                                    .formatted(opcode));
        }
    }

    private Number longValue() throws MalformedWeightsException {
        byte[] littleEndian = bytes(unsignedByte());
        byte[] bigEndian = new byte[littleEndian.length + 1];
        for (int i = 0; i < littleEndian.length; i++) {
            bigEndian[bigEndian.length - 1 - i] = littleEndian[i];
        }
        // An empty number is zero; the sign is that of the highest byte.
        bigEndian[0] = (byte) (bigEndian.length > 1 && bigEndian[1] < 0 ? -1 : 0);
        BigInteger value = new BigInteger(bigEndian);
        return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
    }

    private double bigEndianDouble() throws MalformedWeightsException {
        return Double.longBitsToDouble(Long.reverseBytes(need(Long.BYTES).getLong()));
    }

    private String text(int length) throws MalformedWeightsException {
        return new String(bytes(length), StandardCharsets.UTF_8);
    }

    private String line() throws MalformedWeightsException {
        int end = pickle.position();
        while (end < pickle.limit() && pickle.get(end) != '\n') {
            end++;
        }
        String line = text(end - pickle.position());
        skip(1);
        return line;
    }

    private List<Object> tuple(int from) throws MalformedWeightsException {
        return Collections.unmodifiableList(popFrom(from));
    }

    private void append(int from) throws MalformedWeightsException {
        List<Object> items = popFrom(from);
        if (!(peek() instanceof ArrayList<?>)) {
            throw unexpected("a list", peek());
        }
        @SuppressWarnings("unchecked")
        List<Object> list = (List<Object>) peek();
        list.addAll(items);
    }

    private void setItems(int from) throws MalformedWeightsException {
        List<Object> items = popFrom(from);
        if (!(peek() instanceof Map<?, ?>)) {
            throw unexpected("a dict", peek());
        }
        @SuppressWarnings("unchecked")
        Map<Object, Object> dict = (Map<Object, Object>) peek();
        for (int i = 0; i + 1 < items.size(); i += 2) {
            dict.put(key(items.get(i)), items.get(i + 1));
        }
    }

    // Only these are hashed in bounded time: a container could hold itself.
    private static Object key(Object key) throws MalformedWeightsException {
        if (key instanceof String || key instanceof Number || key instanceof Boolean) {
            return key;
        }
        throw unexpected("a text or a number as the key of a dict", key);
    }

    private Object remembered(int index) throws MalformedWeightsException {
        if (!memo.containsKey(index)) {
            throw malformed("refers to value " + index + ", which it does not have");
        }
        return memo.get(index);
    }

    private void stackGlobal() throws MalformedWeightsException {
        String name = pop(String.class);
        stack.add(name(pop(String.class), name));
    }

    private Name name(String module, String name) throws MalformedWeightsException {
        String qualified = module + "." + name;
        if (!names.allows(qualified)) {
            throw malformed(
                    "asks for "
                            + Printable.of(qualified)
                            + ", which weights do not need; it was not executed");
        }
        return new Name(qualified);
    }

    private void call() throws MalformedWeightsException {
        List<?> arguments = pop(List.class);
        stack.add(names.call(pop(Name.class), arguments));
    }

    /** Drops what a state dict carries beside its entries: the versions of its modules. */
    private void dropAttributes() throws MalformedWeightsException {
        pop(Map.class);
        if (!(peek() instanceof Map<?, ?>)) {
            throw unexpected("a dict", peek());
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

    private int unsignedByte() throws MalformedWeightsException {
        return Byte.toUnsignedInt(need(1).get());
    }

    private void skip(int count) throws MalformedWeightsException {
        need(count).position(pickle.position() + count);
    }

    private byte[] bytes(int count) throws MalformedWeightsException {
        need(count);
        byte[] bytes = new byte[count];
        pickle.get(bytes);
        return bytes;
    }

    private ByteBuffer need(int count) throws MalformedWeightsException {
        if (count < 0 || count > pickle.remaining()) {
            throw malformed("is cut off");
        }
        return pickle;
    }

    private static MalformedWeightsException unexpected(String expected, Object actual) {
        String type = actual == null ? "None" : actual.getClass().getSimpleName();
        return malformed("is damaged: expected " + expected + ", got " + type);
    }

    private static MalformedWeightsException malformed(String what) {
        return new MalformedWeightsException("the pickle " + what);
    }
}
