package io.github.djlnorm.weights.pickle;

import java.util.LinkedHashMap;
import java.util.Map;

/** An object of a class that weights do not need: carried by the name of its class, never made. */
public final class PythonObject {

    private final String name;
    private final Map<Object, Object> items = new LinkedHashMap<>(0);
    private Map<?, ?> state = Map.of();

    public PythonObject(String name) {
        this.name = name;
    }

    /** The qualified name of the class, or of the function that was to make it. */
    public String name() {
        return name;
    }

    /** What was put into it, if it is a dict of some kind. */
    public Map<Object, Object> items() {
        return items;
    }

    /** Its attributes. */
    public Map<?, ?> state() {
        return state;
    }

    void setState(Object newState) {
        if (newState instanceof Map<?, ?> attributes) {
            state = attributes;
        }
    }
}
