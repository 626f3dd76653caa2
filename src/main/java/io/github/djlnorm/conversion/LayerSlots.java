package io.github.djlnorm.conversion;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.Parameter;
import ai.djl.nn.SymbolBlock;
import io.github.djlnorm.conversion.ConversionReport.Kept;
import io.github.djlnorm.internal.BlockTree;
import io.github.djlnorm.internal.BlockTree.Place;
import io.github.djlnorm.internal.DjlFields;
import java.lang.reflect.InaccessibleObjectException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds every place that holds one of a model's BatchNorms, and the BatchNorms that are held but no
 * children of the model: it follows children, fields, arrays, collections and functions from block
 * to block.
 */
final class LayerSlots {

    /** A model's objects are a few thousand; more belong to an application around it. */
    private static final int MOST_OBJECTS = 100_000;

    private static final String STRANGER =
            "it is no child of the model and may belong to another; make it a child with"
                    + " addChildBlock, or convert what it belongs to by itself";

    private final List<Place> places;
    private final Predicate<Block> isReplaced;
    private final Set<Block> children = identitySet();
    private final Set<Object> seen = identitySet();
    private final Set<Object> tensors = identitySet();
    private final Deque<Slot> open = new ArrayDeque<>();
    private final List<Slot> found = new ArrayList<>();
    private final List<Kept> kept = new ArrayList<>();
    private boolean complete = true;

    private LayerSlots(List<Place> places, Predicate<Block> isReplaced) {
        this.places = places;
        this.isReplaced = isReplaced;
    }

    /**
     * Searches a model.
     *
     * @param places its blocks
     * @param isReplaced which of them are to be replaced
     */
    static LayerSlots of(List<Place> places, Predicate<Block> isReplaced) {
        LayerSlots slots = new LayerSlots(places, isReplaced);
        places.forEach(place -> slots.children.add(place.block()));
        places.forEach(place -> slots.visit(place.path(), place.block()));
        slots.follow();
        return slots;
    }

    private static <T> Set<T> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    /** The places of the BatchNorms that are children of the model. */
    List<Slot> found() {
        return found;
    }

    /** What is no child of the model, but stands in the way of a conversion. */
    List<Kept> kept() {
        return kept;
    }

    /**
     * Tells whether something besides the BatchNorms may use a parameter.
     *
     * @param parameter a parameter of a BatchNorm
     */
    boolean mayBeShared(Parameter parameter) {
        return !complete
                || tensors.contains(parameter)
                || (parameter.isInitialized() && tensors.contains(parameter.getArray()));
    }

    /** Notes that a block stays, and with it its parameters. */
    void keep(Block block) {
        block.getDirectParameters().values().forEach(this::addTensors);
    }

    private void visit(String path, Block block) {
        boolean replaceable = isReplaced.test(block) && children.contains(block);
        if (!replaceable && seen.add(block)) {
            keep(block);
            if (!(block instanceof SymbolBlock)) {
                open.add(new Slot(path, Block.class, block, other -> {}));
            }
        }
    }

    private void addTensors(Parameter parameter) {
        tensors.add(parameter);
        if (parameter.isInitialized()) {
            tensors.add(parameter.getArray());
        }
    }

    private void follow() {
        int count = 0;
        while (!open.isEmpty()) {
            Slot holder = open.remove();
            if (count++ == MOST_OBJECTS) {
                close(
                        new Slot(BlockTree.ROOT, Block.class, places.get(0).block(), o -> {}),
                        "its fields and functions lead to more than "
                                + MOST_OBJECTS
                                + " objects, which were not all looked into; let them hold less");
                return;
            }
            if (holder.value() instanceof AbstractBlock block) {
                addChildren(DjlFields.children(block));
            }
            try {
                Contents.of(holder).forEach(this::add);
            } catch (InaccessibleObjectException e) {
                close(holder, closed(holder.value().getClass()));
            }
        }
    }

    private void close(Slot holder, String reason) {
        complete = false;
        kept.add(new Kept(holder.path(), Description.of(holder.value()), reason));
    }

    private static String closed(Class<?> type) {
        String reason =
                "its module is closed to reflection, so that it cannot be looked into; let a block"
                        + " of your own hold what it is made of, or run Java with --add-opens"
                        + " %s/%s=ALL-UNNAMED";
        return reason.formatted(type.getModule().getName(), type.getPackageName());
    }

    private void addChildren(BlockList list) {
        for (int i = 0; i < list.size(); i++) {
            int index = i;
            Block child = list.valueAt(i);
            String name = list.keyAt(i);
            if (isReplaced.test(child) && children.contains(child)) {
                found.add(
                        new Slot(
                                name,
                                Block.class,
                                child,
                                other -> {
                                    list.values().set(index, (Block) other);
                                    list.keys().set(index, named(name, child, other));
                                }));
            }
        }
    }

    /**
     * The name of what takes a child's place: DJL numbers children and names them by their type.
     */
    private static String named(String name, Block child, Object replacement) {
        String type = child.getClass().getSimpleName();
        return name.matches("\\d+" + type)
                ? name.replace(type, replacement.getClass().getSimpleName())
                : name;
    }

    private void add(Slot slot) {
        Object value = slot.value();
        if (value instanceof Block block) {
            if (!children.contains(block)) {
                addStranger(slot.path(), block);
            } else if (isReplaced.test(block)) {
                found.add(slot);
            }
        } else if (value instanceof Parameter parameter) {
            addTensors(parameter);
        } else if (value instanceof NDArray) {
            tensors.add(value);
        } else if (!isLeaf(value) && seen.add(value)) {
            open.add(slot);
        }
    }

    private void addStranger(String path, Block root) {
        for (Place place : BlockTree.places(root)) {
            Block block = place.block();
            String inside = place.parent() == null ? path : path + "/" + place.path();
            if (children.contains(block) || seen.contains(block)) {
                continue;
            }
            if (isReplaced.test(block)) {
                kept.add(new Kept(inside, Description.of(block), STRANGER));
            } else if (block instanceof SymbolBlock) {
                kept.add(new Kept(inside, Description.of(block), ConversionPlan.FOREIGN));
            }
            visit(inside, block);
        }
    }

    /** Whether an object holds no block, or is the business of DJL's engine or the JVM. */
    private static boolean isLeaf(Object value) {
        return value instanceof CharSequence
                || value instanceof Number
                || value instanceof Enum
                || value instanceof NDManager
                || value instanceof Engine
                || value instanceof Thread
                || value instanceof ClassLoader;
    }
}
