package io.github.djlnorm.internal;

import ai.djl.engine.Engine;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import java.lang.reflect.Field;

/**
 * The fields of DJL's classes that have no public way to them, read by reflection: {@code
 * AbstractBlock.getChildren()} gives a copy, so that no child of a block can be exchanged, and
 * BatchNorm and Linear do not tell their options.
 */
public final class DjlFields {

    private DjlFields() {}

    /**
     * Returns the children that a block really has.
     *
     * @param block a block
     * @return its own list, not a copy
     */
    public static BlockList children(AbstractBlock block) {
        return (BlockList) read(AbstractBlock.class, "children", block);
    }

    /**
     * Returns the axis of the channels.
     *
     * @param layer a layer
     * @return what its builder was given
     */
    public static int axis(BatchNorm layer) {
        return (int) read(BatchNorm.class, "axis", layer);
    }

    /**
     * Returns what is added to the variance.
     *
     * @param layer a layer
     * @return what its builder was given
     */
    public static float epsilon(BatchNorm layer) {
        return (float) read(BatchNorm.class, "epsilon", layer);
    }

    /**
     * Returns the weight of the old value when running statistics move.
     *
     * @param layer a layer
     * @return what its builder was given
     */
    public static float momentum(BatchNorm layer) {
        return (float) read(BatchNorm.class, "momentum", layer);
    }

    /**
     * Tells whether a layer has a scale or a shift that training changes unless it is frozen.
     *
     * @param layer a layer
     * @return false if its builder was told to have neither
     */
    public static boolean isAffine(BatchNorm layer) {
        return (boolean) read(BatchNorm.class, "scale", layer)
                || (boolean) read(BatchNorm.class, "center", layer);
    }

    /**
     * Tells whether a layer was told to have no scale or no shift, for which it has a parameter all
     * the same.
     *
     * @param layer a BatchNorm or LayerNorm
     * @param type the type of the parameter
     * @return true if its builder was told to leave it out
     */
    public static boolean isLeftOut(Block layer, Parameter.Type type) {
        return switch (type) {
            case GAMMA -> !(boolean) read(declaring(layer), "scale", layer);
            case BETA -> !(boolean) read(declaring(layer), "center", layer);
            default -> false;
        };
    }

    private static Class<?> declaring(Block layer) {
        return layer instanceof BatchNorm ? BatchNorm.class : LayerNorm.class;
    }

    /**
     * Returns the size of the output.
     *
     * @param layer a layer
     * @return what its builder was given
     */
    public static long units(Linear layer) {
        return (long) read(Linear.class, "units", layer);
    }

    static Object read(Class<?> type, String name, Object object) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(object);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "%s has no field %s in DJL %s, as it has in DJL 0.32 to 0.36; use one of these"
                            .formatted(type.getName(), name, Engine.getDjlVersion()),
                    e);
        }
    }
}
