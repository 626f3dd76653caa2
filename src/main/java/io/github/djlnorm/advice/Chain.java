package io.github.djlnorm.advice;

import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.SequentialBlock;
import io.github.djlnorm.internal.BlockTree.Place;
import java.util.Optional;

/** What runs directly after a block, as far as SequentialBlocks tell. */
final class Chain {

    private Chain() {}

    /** The only block that takes a block's output, if that is known. */
    static Optional<Block> next(Place place) {
        if (place.parent() == null
                || !(place.parent().block() instanceof SequentialBlock chain)
                || chain.isReturnIntermediate()) {
            return Optional.empty();
        }
        BlockList children = chain.getChildren();
        int next = place.index() + 1;
        return next < children.size()
                ? Optional.of(first(children.valueAt(next)))
                : next(place.parent());
    }

    private static Block first(Block block) {
        return block instanceof SequentialBlock chain && !chain.getChildren().isEmpty()
                ? first(chain.getChildren().valueAt(0))
                : block;
    }
}
