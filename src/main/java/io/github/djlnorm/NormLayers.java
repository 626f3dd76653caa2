package io.github.djlnorm;

import ai.djl.nn.Block;
import ai.djl.nn.norm.BatchNorm;
import io.github.djlnorm.internal.kernel.ArrayRules;
import java.util.function.LongToIntFunction;

/** The layers that a {@link Norm} stands for. */
final class NormLayers {

    private NormLayers() {}

    /** Makes a layer, or null for none. */
    static Block of(Norm norm, LongToIntFunction groupsOfChannels, FusedActivation activation) {
        return switch (norm.kind()) {
            case NONE -> null;
            case BATCH ->
                    BatchNorm.builder().optAxis(norm.axis()).optEpsilon(norm.epsilon()).build();
            case SYNC_BATCH -> with(norm, SyncBatchNorm.builder()).build();
            case FROZEN_BATCH -> with(norm, FrozenBatchNorm.builder()).build();
            case GROUP, GROUP_EXACT, GROUP_CHANNELS ->
                    with(norm, GroupNorm.builder())
                            .groupsOfChannels(groupsOfChannels)
                            .optActivation(activation)
                            .build();
            case INSTANCE -> with(norm, InstanceNorm.builder()).optActivation(activation).build();
            case LAYER -> with(norm, ChannelLayerNorm.builder()).optActivation(activation).build();
            case RMS -> with(norm, RMSNorm.builder()).build();
        };
    }

    private static <T extends ChannelNorm.Builder<T>> T with(Norm norm, T builder) {
        return builder.optAxis(norm.axis()).optEpsilon(norm.epsilon());
    }

    static int numGroups(Norm norm, long channels) {
        return switch (norm.kind()) {
            case GROUP -> largestDivisor(channels, norm.number());
            case GROUP_EXACT -> {
                ArrayRules.groupsDivide(norm.number(), channels);
                yield norm.number();
            }
            case GROUP_CHANNELS -> largestDivisor(channels, Math.max(1, channels / norm.number()));
            default -> throw new IllegalStateException(norm + " has no groups");
        };
    }

    private static int largestDivisor(long channels, long limit) {
        long divisor = Math.min(channels, limit);
        while (channels % divisor != 0) {
            divisor--;
        }
        return Math.toIntExact(divisor);
    }
}
