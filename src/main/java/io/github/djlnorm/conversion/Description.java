package io.github.djlnorm.conversion;

import ai.djl.nn.Block;
import io.github.djlnorm.GroupNorm;

/** How a report names a layer. */
final class Description {

    private Description() {}

    static String of(Block layer) {
        return layer.getClass().getSimpleName();
    }
}
