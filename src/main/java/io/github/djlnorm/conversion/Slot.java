package io.github.djlnorm.conversion;

import ai.djl.nn.Block;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A place that holds an object: a child of a block, a field, an element of what is in a field, or
 * what a function captured.
 *
 * @param path where it is in the model
 * @param type what it is declared to hold, or null if that is not known, as in a function
 * @param value what it holds
 * @param obstacle tells why nothing else can be put there, or null if it can, which may try to put
 *     the value there again
 * @param setter puts something else there
 */
record Slot(
        String path, Type type, Object value, Supplier<String> obstacle, Consumer<Object> setter) {

    private static final int LONGEST_PATH = 1000;

    Slot {
        // A chain of thousands of objects would take quadratic time for paths nobody reads.
        if (path.length() > LONGEST_PATH) {
            int half = LONGEST_PATH / 4;
            path = path.substring(0, half) + "..." + path.substring(path.length() - half);
        }
    }

    /** A place that can hold anything of its type. */
    Slot(String path, Type type, Object value, Consumer<Object> setter) {
        this(path, type, value, () -> null, setter);
    }

    /** A place of which nothing is known but that it cannot hold anything else. */
    Slot(String path, Object value, String obstacle) {
        this(path, Object.class, value, () -> obstacle, other -> {});
    }

    void put(Object other) {
        setter.accept(other);
    }

    void restore() {
        setter.accept(value);
    }

    /** Tells why a layer cannot be put there, or null if it can. */
    String obstacleFor(Block layer) {
        String own = obstacle.get();
        if (own != null) {
            return own;
        } else if (type == null || type instanceof TypeVariable) {
            return path + " is of a type that is not known there; declare it as Block";
        }
        Class<?> declared = erasure(type);
        return declared.isInstance(layer)
                ? null
                : "%s is declared as %s, which cannot hold a %s; declare it as Block"
                        .formatted(
                                path, declared.getSimpleName(), layer.getClass().getSimpleName());
    }

    /** The last of the types that the collection, map or reference here is declared to hold. */
    Type elementType() {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            return arguments[arguments.length - 1];
        }
        return type == null ? null : Object.class;
    }

    /** What a type that is declared in the class of the object here stands for. */
    Type resolved(Type declared) {
        if (declared instanceof TypeVariable<?> variable
                && type instanceof ParameterizedType generic) {
            int index =
                    List.of(((Class<?>) generic.getRawType()).getTypeParameters())
                            .indexOf(variable);
            return index < 0 ? declared : generic.getActualTypeArguments()[index];
        }
        return declared;
    }

    private static Class<?> erasure(Type type) {
        if (type instanceof Class<?> exact) {
            return exact;
        } else if (type instanceof ParameterizedType generic) {
            return erasure(generic.getRawType());
        } else if (type instanceof WildcardType wildcard) {
            return erasure(wildcard.getUpperBounds()[0]);
        } else if (type instanceof GenericArrayType array) {
            return erasure(array.getGenericComponentType()).arrayType();
        }
        return Object.class;
    }
}
