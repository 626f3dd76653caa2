package io.github.djlnorm.conversion;

import ai.djl.nn.AbstractBlock;
import ai.djl.util.PairList;
import java.lang.ref.Reference;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * What an object holds: the elements of an array, collection, map or reference, the fields of an
 * object whose class is not the JDK's, and what a function captured.
 */
final class Contents {

    private final Slot holder;
    private final List<Slot> slots = new ArrayList<>();

    private Contents(Slot holder) {
        this.holder = holder;
    }

    /**
     * Lists what the object in a slot holds.
     *
     * @throws InaccessibleObjectException if a field is closed to reflection
     */
    static List<Slot> of(Slot holder) {
        Contents contents = new Contents(holder);
        contents.addElements(holder.value());
        if (!(holder.value() instanceof PairList)) {
            contents.addFields(holder.value());
        }
        return contents.slots;
    }

    private void addElements(Object value) {
        if (value instanceof Object[] array) {
            addArray(array);
        } else if (value instanceof List<?> list) {
            addList(list);
        } else if (value instanceof Collection<?> collection) {
            collection.forEach(e -> addFixed(e, "neither a list nor an array; make it one"));
        } else if (value instanceof Map<?, ?> map) {
            addMap(map);
        } else if (value instanceof PairList<?, ?> pairs) {
            addList(pairs.values());
        } else if (value instanceof AtomicReference<?> reference) {
            addReference(reference);
        } else if (value instanceof Optional<?> optional) {
            addFixed(optional.orElse(null), "an Optional; let a field hold what is in it");
        } else if (value instanceof Reference<?> reference) {
            addFixed(reference.get(), "a reference; let a field hold what it refers to");
        } else if (value instanceof Map.Entry<?, ?> entry) {
            addFixed(entry.getValue(), "an entry of a map; let a field hold what is in it");
        } else if (Proxy.isProxyClass(value.getClass())) {
            addFixed(Proxy.getInvocationHandler(value), "a proxy; let a class do its work");
        }
    }

    private void addArray(Object[] array) {
        Class<?> type = array.getClass().getComponentType();
        for (int i = 0; i < array.length; i++) {
            int index = i;
            add(
                    new Slot(
                            holder.path() + "[" + i + "]",
                            type,
                            array[i],
                            other -> array[index] = other));
        }
    }

    @SuppressWarnings("unchecked") // what is put in was accepted by the declared type
    private <T> void addList(List<T> list) {
        int i = 0;
        for (T element : list) {
            int index = i++;
            addElement("[" + index + "]", element, other -> list.set(index, (T) other));
        }
    }

    @SuppressWarnings("unchecked") // what is put in was accepted by the declared type
    private <K, V> void addMap(Map<K, V> map) {
        for (Map.Entry<K, V> entry : map.entrySet()) {
            K key = entry.getKey();
            // Other keys may have any text, or none as long as they are not initialized.
            String name = key instanceof CharSequence || key instanceof Enum ? "" + key : "...";
            addElement("[" + name + "]", entry.getValue(), other -> map.put(key, (V) other));
            addFixed(key, "a map of which it is a key; make it a value");
        }
    }

    @SuppressWarnings("unchecked") // what is put in was accepted by the declared type
    private <T> void addReference(AtomicReference<T> reference) {
        addElement("", reference.get(), other -> reference.set((T) other));
    }

    private void addElement(String index, Object element, Consumer<Object> setter) {
        add(
                new Slot(
                        holder.path() + index,
                        holder.elementType(),
                        element,
                        () -> unmodifiable(element, setter),
                        setter));
    }

    private String unmodifiable(Object element, Consumer<Object> setter) {
        try {
            setter.accept(element);
            return null;
        } catch (UnsupportedOperationException e) {
            return holder.path() + " cannot be modified; use an ArrayList or a HashMap";
        }
    }

    private void addFixed(Object element, String what) {
        add(new Slot(holder.path(), element, holder.path() + " is " + what));
    }

    private void addFields(Object object) {
        Class<?> type = object.getClass();
        // AbstractBlock holds the children and parameters, which are no business of a subclass.
        while (isOpen(type) && !type.equals(AbstractBlock.class)) {
            Arrays.stream(type.getDeclaredFields())
                    .filter(field -> !Modifier.isStatic(field.getModifiers()))
                    .filter(field -> !field.getType().isPrimitive())
                    .forEach(field -> addField(field, object));
            type = type.getSuperclass();
        }
    }

    /** The JDK's own objects are closed, but what its functions are made of is worth a try. */
    private static boolean isOpen(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        boolean ofTheJdk = loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
        return !ofTheJdk || isFunction(type);
    }

    static boolean isFunction(Class<?> type) {
        return type.isHidden()
                && Arrays.stream(type.getInterfaces())
                        .anyMatch(i -> i.getPackageName().equals("java.util.function"));
    }

    private void addField(Field field, Object object) {
        // Also lets final fields be set, which is where most blocks hold their layers.
        field.setAccessible(true);
        Class<?> owner = object.getClass();
        String path = holder.path() + "." + field.getName();
        Object value = read(field, object);
        if (owner.isHidden()) {
            String captured =
                    "a function captured it as %s; let a block of your own hold it in a field"
                            .formatted(path);
            add(new Slot(path, null, value, () -> captured, other -> {}));
        } else if (owner.isRecord()) {
            add(new Slot(path, value, path + " is a component of a record; let a class hold it"));
        } else {
            Type type = holder.resolved(field.getGenericType());
            add(new Slot(path, type, value, other -> write(field, object, other)));
        }
    }

    private void add(Slot slot) {
        if (slot.value() != null) {
            slots.add(slot);
        }
    }

    private static Object read(Field field, Object object) {
        try {
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("cannot read " + field, e);
        }
    }

    private static void write(Field field, Object object, Object value) {
        try {
            field.set(object, value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("cannot set " + field, e);
        }
    }
}
