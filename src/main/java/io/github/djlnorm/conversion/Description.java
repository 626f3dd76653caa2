package io.github.djlnorm.conversion;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.github.djlnorm.ChannelNorm;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.Norm;

/** How a report names an object: its type, and a layer's channels or groups if it knows them. */
final class Description {

    private Description() {}

    static String of(Object object) {
        Class<?> type = object.getClass();
        if (type.isHidden()) {
            return type.getInterfaces()[0].getSimpleName();
        }
        String name = type.getSimpleName();
        long channels = object instanceof Block block ? channels(block) : 0;
        return channels == 0 ? name : "%s, %d channels".formatted(name, channels);
    }

    /** How a report names a layer that was made of a norm. */
    static String of(Block layer, Norm norm) {
        if (!(layer instanceof GroupNorm groupNorm)) {
            return of(layer);
        }
        String groups =
                groupNorm.getChannels() > 0
                        ? "%d groups".formatted(groupNorm.getNumGroups())
                        : switch (norm.kind()) {
                            case GROUP -> "up to %d groups".formatted(norm.number());
                            case GROUP_EXACT -> "%d groups".formatted(norm.number());
                            default -> "%d or more channels a group".formatted(norm.number());
                        };
        return "GroupNorm, " + groups;
    }

    private static long channels(Block block) {
        if (block instanceof ChannelNorm layer) {
            return layer.getChannels();
        }
        Parameter gamma = block.getDirectParameters().get("gamma");
        return gamma == null || gamma.getShape() == null ? 0 : gamma.getShape().get(0);
    }
}
