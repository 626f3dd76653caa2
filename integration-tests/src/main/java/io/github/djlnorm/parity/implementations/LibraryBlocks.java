package io.github.djlnorm.parity.implementations;

import ai.djl.nn.Block;
import io.github.djlnorm.AffineChannelNorm;
import io.github.djlnorm.ChannelLayerNorm;
import io.github.djlnorm.ChannelNorm;
import io.github.djlnorm.FrozenBatchNorm;
import io.github.djlnorm.FusedActivation;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.RMSNorm;
import io.github.djlnorm.SyncBatchNorm;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.cases.Extra;
import io.github.djlnorm.parity.cases.ParityCase;

/** The library's layers, built as the cases say. */
public final class LibraryBlocks {

    private LibraryBlocks() {}

    /** Builds the block of a case. */
    public static Block of(ParityCase c) {
        if (c.extra().isFunction()) {
            return new FunctionBlock(c);
        }
        return switch (c.layer()) {
            case GROUP_NORM -> affine(c, GroupNorm.builder().setNumGroups(c.groups())).build();
            case INSTANCE_NORM -> instanceNorm(c);
            case LAYER_NORM -> affine(c, ChannelLayerNorm.builder()).build();
            case RMS_NORM -> common(c, RMSNorm.builder()).optScale(c.affine().scale()).build();
            case SYNC_BATCH_NORM ->
                    affine(c, SyncBatchNorm.builder()).optMomentum(momentum(c)).build();
            case FROZEN_BATCH_NORM -> common(c, FrozenBatchNorm.builder()).build();
        };
    }

    private static Block instanceNorm(ParityCase c) {
        InstanceNorm.Builder builder =
                affine(c, InstanceNorm.builder())
                        .optTrackRunningStats(c.running().tracked())
                        .optMomentum(momentum(c));
        if (c.layout() == Layout.UNBATCHED) {
            builder.optSpatialDims(c.shape().dimension() - 2);
        }
        return builder.build();
    }

    /** A frozen layer does not move its statistics, whatever the momentum. */
    private static float momentum(ParityCase c) {
        return c.running().momentum() == 1 ? 0.5f : (float) c.running().momentum();
    }

    private static <T extends AffineChannelNorm.Builder<T>> T affine(ParityCase c, T builder) {
        return common(c, builder)
                .optScale(c.affine().scale())
                .optCenter(c.affine().shift())
                .optActivation(activation(c.extra()));
    }

    private static <T extends ChannelNorm.Builder<T>> T common(ParityCase c, T builder) {
        return builder.optEpsilon(c.epsilon()).optAxis(c.axis());
    }

    private static FusedActivation activation(Extra extra) {
        return switch (extra) {
            case RELU -> FusedActivation.RELU;
            case LEAKY_RELU -> FusedActivation.LEAKY_RELU;
            case TANH -> FusedActivation.TANH;
            default -> null;
        };
    }
}
