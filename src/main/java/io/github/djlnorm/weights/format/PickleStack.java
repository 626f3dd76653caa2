package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The stack that a pickle's instructions work on, with marks, below which nothing is taken. */
final class PickleStack {

    private final List<Object> values = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();

    void add(Object value) {
        values.add(value);
    }

    void mark() {
        marks.push(values.size());
    }

    Object peek() throws MalformedWeightsException {
        if (values.isEmpty() || lowest() == values.size()) {
            throw PickleReader.malformed("uses a value that it does not have");
        }
        return values.get(values.size() - 1);
    }

    Object pop() throws MalformedWeightsException {
        Object top = peek();
        values.remove(values.size() - 1);
        return top;
    }

    <T> T pop(Class<T> type) throws MalformedWeightsException {
        Object top = pop();
        if (!type.isInstance(top)) {
            throw PickleReader.unexpected("a " + type.getSimpleName(), top);
        }
        return type.cast(top);
    }

    /** The last values, as many as said. */
    List<Object> pop(int count) throws MalformedWeightsException {
        int from = values.size() - count;
        if (from < lowest()) {
            throw PickleReader.malformed("uses a value that it does not have");
        }
        return popFrom(from);
    }

    List<Object> popToMark() throws MalformedWeightsException {
        if (marks.isEmpty()) {
            throw PickleReader.malformed("ends a sequence that it did not begin");
        }
        return popFrom(marks.pop());
    }

    private int lowest() {
        return marks.isEmpty() ? 0 : marks.peek();
    }

    private List<Object> popFrom(int from) {
        List<Object> top = values.subList(from, values.size());
        List<Object> copy = new ArrayList<>(top);
        top.clear();
        return copy;
    }
}
