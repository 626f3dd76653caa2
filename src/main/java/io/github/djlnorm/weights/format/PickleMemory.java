package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.storage.Allowance;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.util.List;
import java.util.Map;

/**
 * What the values of a pickle take of memory, a little more than they do: a few bytes of a pickle
 * can stand for many, and instructions can repeat without end.
 */
final class PickleMemory {

    // About two thousand for each tensor.
    private static final long MAX_BYTES = 128L << 20;
    private static final int SLOT = 8;
    private static final int VALUE = 24;
    private static final int TEXT = 56;
    private static final int MEMO = 64;
    private static final int CONTAINER = 128;
    private static final int ITEM = 16;
    private static final int ENTRY = 112;

    private final Allowance allowance = new Allowance(MAX_BYTES);

    void takeInstruction() throws MalformedWeightsException {
        allowance.take(SLOT);
    }

    void takeMark() throws MalformedWeightsException {
        allowance.take(VALUE);
    }

    void takeMemo() throws MalformedWeightsException {
        allowance.take(MEMO);
    }

    void takeValue(Object value) throws MalformedWeightsException {
        if (value instanceof String text) {
            allowance.take(TEXT + 2L * text.length());
        } else if (value instanceof byte[] bytes) {
            allowance.take(VALUE + bytes.length);
        } else if (value != null) {
            allowance.take(VALUE);
        }
    }

    void takeContainer() throws MalformedWeightsException {
        allowance.take(CONTAINER);
    }

    void takeItems(int count) throws MalformedWeightsException {
        allowance.take((long) ITEM * count);
    }

    void takeEntries(int count) throws MalformedWeightsException {
        allowance.take((long) ENTRY * count);
    }

    /** Takes what a call's result can hold: what its arguments hold. */
    void takeCall(List<?> arguments) throws MalformedWeightsException {
        long items = 0;
        for (Object argument : arguments) {
            items += argument instanceof List<?> list ? list.size() : 0;
            items += argument instanceof Map<?, ?> dict ? dict.size() : 0;
        }
        allowance.take(CONTAINER + 2 * ITEM * items);
    }
}
