package io.github.djlnorm.weights.pickle;

import io.github.djlnorm.weights.storage.Allowance;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What the values of a pickle take of memory, about as much as they do: a few bytes of a pickle can
 * stand for many, and instructions can repeat without end.
 */
final class PickleMemory {

    // About 1,300 for each tensor.
    private static final long MAX_BYTES = 128L << 20;
    private static final int INSTRUCTION = 4; // which leaves a value
    private static final int VALUE = 16;
    private static final int TEXT = 48;
    private static final int CONTAINER = 80;
    private static final int ITEM = 8;
    private static final int ENTRY = 64;
    private static final int SHORT = 64; // as shapes are

    private final Allowance allowance = new Allowance(MAX_BYTES);

    PickleMemory(int pickleBytes) throws MalformedWeightsException {
        allowance.take(pickleBytes);
    }

    void takeInstruction() throws MalformedWeightsException {
        allowance.take(INSTRUCTION);
    }

    void takeValue(Object value) throws MalformedWeightsException {
        if (value instanceof String text) {
            allowance.take(TEXT + (long) text.length());
        } else if (value instanceof byte[] bytes) {
            allowance.take(VALUE + bytes.length);
        } else if (value instanceof BigInteger number) {
            allowance.take(TEXT + number.bitLength() / Byte.SIZE);
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
        long bytes = CONTAINER;
        for (Object argument : arguments) {
            if (argument instanceof Collection<?> list) {
                bytes += (long) (list.size() > SHORT ? ENTRY : ITEM) * list.size();
            } else if (argument instanceof Map<?, ?> dict) {
                bytes += (long) ENTRY * dict.size();
            }
        }
        allowance.take(bytes);
    }
}
