package io.github.djlnorm.conversion;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.github.djlnorm.ChannelNorm;
import io.github.djlnorm.GroupNorm;

/** How a report names a block: its type, and its channels or groups if it knows them. */
final class Description {

    private Description() {}

    static String of(Block block) {
        String type = block.getClass().getSimpleName();
        long channels = channels(block);
        if (channels == 0) {
            return type;
        }
        return block instanceof GroupNorm layer
                ? "%s, %d groups".formatted(type, layer.getNumGroups())
                : "%s, %d channels".formatted(type, channels);
    }

    private static long channels(Block block) {
        if (block instanceof ChannelNorm layer) {
            return layer.getChannels();
        }
        Parameter gamma = block.getDirectParameters().get("gamma");
        return gamma == null || gamma.getShape() == null ? 0 : gamma.getShape().get(0);
    }
}
