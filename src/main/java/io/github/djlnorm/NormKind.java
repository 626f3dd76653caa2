package io.github.djlnorm;

import ai.djl.nn.norm.BatchNorm;
import java.util.Locale;

/** Which normalization a {@link Norm} is. */
public enum NormKind {
    /** No normalization. */
    NONE,
    /** DJL's {@link BatchNorm}. */
    BATCH,
    /** {@link SyncBatchNorm}. */
    SYNC_BATCH,
    /** {@link FrozenBatchNorm}. */
    FROZEN_BATCH,
    /** {@link GroupNorm} of at most a number of groups. */
    GROUP,
    /** {@link GroupNorm} of exactly a number of groups. */
    GROUP_EXACT,
    /** {@link GroupNorm} of at least a number of channels per group. */
    GROUP_CHANNELS,
    /** {@link InstanceNorm}. */
    INSTANCE,
    /** {@link ChannelLayerNorm}. */
    LAYER,
    /** {@link RMSNorm}. */
    RMS;

    boolean hasNumber() {
        return this == GROUP || this == GROUP_EXACT || this == GROUP_CHANNELS;
    }

    boolean takesActivation() {
        return hasNumber() || this == INSTANCE || this == LAYER;
    }

    boolean makesBiasRedundant() {
        return switch (this) {
            case BATCH, SYNC_BATCH, FROZEN_BATCH, GROUP, GROUP_EXACT, GROUP_CHANNELS, INSTANCE ->
                    true;
            case NONE, LAYER, RMS -> false;
        };
    }

    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String usage() {
        return hasNumber() ? text() + ":N" : text();
    }
}
