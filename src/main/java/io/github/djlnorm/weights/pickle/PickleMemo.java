package io.github.djlnorm.weights.pickle;

import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The values that a pickle refers to again, by numbers that mostly follow each other. */
final class PickleMemo {

    private final List<Object> inOrder = new ArrayList<>();
    private final Map<Integer, Object> others = new HashMap<>();
    private final PickleMemory memory;

    PickleMemo(PickleMemory memory) {
        this.memory = memory;
    }

    void add(Object value) throws MalformedWeightsException {
        put(inOrder.size() + others.size(), value);
    }

    void put(int index, Object value) throws MalformedWeightsException {
        if (index >= 0 && index < inOrder.size()) {
            inOrder.set(index, value);
        } else if (index == inOrder.size() && !others.containsKey(index)) {
            memory.takeItems(1);
            inOrder.add(value);
        } else {
            memory.takeEntries(1);
            others.put(index, value);
        }
    }

    Object get(int index) throws MalformedWeightsException {
        if (index >= 0 && index < inOrder.size()) {
            return inOrder.get(index);
        } else if (others.containsKey(index)) {
            return others.get(index);
        }
        throw PickleReader.malformed("refers to value " + index + ", which it does not have");
    }
}
