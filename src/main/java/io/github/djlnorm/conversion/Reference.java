package io.github.djlnorm.conversion;

import ai.djl.nn.Block;
import java.util.function.Consumer;

/**
 * A place that holds a layer: a child of a block, a field, or an element of what is in a field.
 *
 * @param layer the layer that is there
 * @param obstacle why another cannot be put there, or null if it can
 * @param setter what puts another there
 */
record Reference(Block layer, String obstacle, Consumer<Block> setter) {

    void put(Block other) {
        setter.accept(other);
    }

    void restore() {
        setter.accept(layer);
    }
}
