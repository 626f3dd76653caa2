package io.github.djlnorm.conversion;

import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.util.PairList;
import io.github.djlnorm.internal.DjlFields;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds every place in which a block holds one of the layers that have successors: its list of
 * children, its fields, and arrays, collections, maps and functions in these fields.
 */
final class References {

    private final IdentityHashMap<Block, Block> successors;
    private final List<Reference> found = new ArrayList<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * Creates a search.
     *
     * @param successors what takes the place of each layer, by identity
     */
    References(IdentityHashMap<Block, Block> successors) {
        this.successors = successors;
    }

    List<Reference> found() {
        return found;
    }

    void search(Block holder) {
        if (seen.add(holder)) {
            if (holder instanceof AbstractBlock block) {
                searchChildren(DjlFields.children(block));
            }
            searchFields(holder);
        }
    }

    private void searchChildren(BlockList children) {
        for (int i = 0; i < children.size(); i++) {
            int index = i;
            Block child = children.valueAt(i);
            String name = children.keyAt(i);
            if (successors.containsKey(child)) {
                Consumer<Block> setter =
                        block -> {
                            children.values().set(index, block);
                            children.keys().set(index, named(name, child, block));
                        };
                found.add(new Reference(child, null, setter));
            }
        }
    }

    /**
     * The name of what takes a child's place: DJL numbers children and names them by their type.
     */
    private static String named(String name, Block child, Block successor) {
        String type = child.getClass().getSimpleName();
        return name.matches("\\d+" + type)
                ? name.replace(type, successor.getClass().getSimpleName())
                : name;
    }

    private void searchFields(Object holder) {
        Class<?> type = holder.getClass();
        // AbstractBlock holds the children, which were searched, and the JDK's classes are closed.
        while (type.getClassLoader() != null && !type.equals(AbstractBlock.class)) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    searchField(field, holder);
                }
            }
            type = type.getSuperclass();
        }
    }

    private void searchField(Field field, Object holder) {
        // Also lets final fields be set, which is where most blocks hold their layers.
        field.setAccessible(true);
        String name = holder.getClass().getSimpleName() + "." + field.getName();
        String obstacle = null;
        if (holder.getClass().isHidden()) {
            obstacle = "a function captured it; let a block of your own hold it in a field";
        } else if (holder.getClass().isRecord()) {
            obstacle = name + " is a component of a record; let a class hold it";
        }
        try {
            search(
                    field.get(holder),
                    new Cell(name, field.getGenericType(), obstacle, b -> set(field, holder, b)));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("cannot read " + name, e);
        }
    }

    private static void set(Field field, Object holder, Block block) {
        try {
            field.set(holder, block);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("cannot set " + field, e);
        }
    }

    private void search(Object value, Cell cell) {
        Block successor = value instanceof Block block ? successors.get(block) : null;
        if (successor != null) {
            found.add(new Reference((Block) value, cell.obstacleFor(successor), cell.setter));
        } else if (value != null && !(value instanceof Block) && seen.add(value)) {
            searchInside(value, cell);
        }
    }

    private void searchInside(Object value, Cell cell) {
        if (value instanceof Object[] array) {
            searchArray(array, cell);
        } else if (value instanceof List<?> list) {
            searchList(list, cell);
        } else if (value instanceof Collection<?> collection) {
            String obstacle = cell.name + " is neither a list nor an array; make it one of them";
            collection.forEach(e -> search(e, cell.inside("", obstacle, b -> {})));
        } else if (value instanceof Map<?, ?> map) {
            searchMap(map, cell);
        } else if (value instanceof PairList<?, ?> pairs) {
            searchList(pairs.values(), cell);
        } else if (value.getClass().isHidden() || value.getClass().isAnonymousClass()) {
            searchFields(value);
        }
    }

    private void searchArray(Object[] array, Cell cell) {
        Class<?> type = array.getClass().getComponentType();
        for (int i = 0; i < array.length; i++) {
            int index = i;
            search(
                    array[i],
                    new Cell(cell.name + "[" + i + "]", type, null, b -> array[index] = b));
        }
    }

    @SuppressWarnings("unchecked") // what is put in was accepted by the declared type
    private <T> void searchList(List<T> list, Cell cell) {
        for (int i = 0; i < list.size(); i++) {
            int index = i;
            T element = list.get(i);
            String obstacle =
                    successors.containsKey(element)
                            ? cell.unmodifiable(() -> list.set(index, element))
                            : null;
            search(element, cell.inside("[" + i + "]", obstacle, b -> list.set(index, (T) b)));
        }
    }

    @SuppressWarnings("unchecked") // what is put in was accepted by the declared type
    private <K, V> void searchMap(Map<K, V> map, Cell cell) {
        for (Map.Entry<K, V> entry : map.entrySet()) {
            K key = entry.getKey();
            V value = entry.getValue();
            String obstacle =
                    successors.containsKey(value)
                            ? cell.unmodifiable(() -> entry.setValue(value))
                            : null;
            search(value, cell.inside("[" + key + "]", obstacle, b -> map.put(key, (V) b)));
        }
    }

    /** Something with a name and a declared type that holds a value. */
    private record Cell(String name, Type type, String obstacle, Consumer<Block> setter) {

        /** An element of the array, collection or map that this holds. */
        Cell inside(String index, String elementObstacle, Consumer<Block> elementSetter) {
            Type element = Object.class;
            if (type instanceof ParameterizedType generic) {
                Type[] arguments = generic.getActualTypeArguments();
                element = arguments[arguments.length - 1];
            }
            return new Cell(name + index, element, elementObstacle, elementSetter);
        }

        String unmodifiable(Runnable replacementByItself) {
            try {
                replacementByItself.run();
                return null;
            } catch (UnsupportedOperationException e) {
                return name + " cannot be modified; use an ArrayList or a HashMap";
            }
        }

        String obstacleFor(Block successor) {
            Class<?> declared = erasure(type);
            if (obstacle == null && !declared.isInstance(successor)) {
                return "%s is declared as %s, which cannot hold a %s; declare it as Block"
                        .formatted(
                                name,
                                declared.getSimpleName(),
                                successor.getClass().getSimpleName());
            }
            return obstacle;
        }

        private static Class<?> erasure(Type type) {
            if (type instanceof Class<?> exact) {
                return exact;
            } else if (type instanceof WildcardType wildcard) {
                return erasure(wildcard.getUpperBounds()[0]);
            }
            return Object.class;
        }
    }
}
