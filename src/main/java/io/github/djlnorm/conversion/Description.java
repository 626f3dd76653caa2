package io.github.djlnorm.conversion;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;

/** How a report names a block: its type, and its channels if it has and knows them. */
final class Description {

    private Description() {}

    static String of(Block block) {
        String type = block.getClass().getSimpleName();
        Parameter gamma = block.getDirectParameters().get("gamma");
        return gamma == null || gamma.getShape() == null
                ? type
                : "%s, %d channels".formatted(type, gamma.getShape().get(0));
    }
}
