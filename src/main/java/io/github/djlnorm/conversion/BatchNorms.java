package io.github.djlnorm.conversion;

import ai.djl.nn.Block;
import ai.djl.nn.norm.BatchNorm;
import io.github.djlnorm.Norm;
import io.github.djlnorm.NormKind;
import io.github.djlnorm.SyncBatchNorm;
import io.github.djlnorm.internal.DjlFields;
import io.github.djlnorm.internal.Refusal;
import java.util.function.Predicate;

/** The layers that a conversion replaces: DJL's BatchNorm, SyncBatchNorm, and what they tell. */
final class BatchNorms {

    private BatchNorms() {}

    /** Tells which layers a norm takes the place of: all but those that it stands for itself. */
    static Predicate<Block> replacedBy(Norm norm) {
        return block ->
                (block instanceof BatchNorm && norm.kind() != NormKind.BATCH)
                        || (block instanceof SyncBatchNorm && norm.kind() != NormKind.SYNC_BATCH);
    }

    /** The same norm with a layer's axis and epsilon. */
    static Norm like(Block layer, Norm norm) {
        return layer instanceof SyncBatchNorm sync
                ? norm.withAxis(sync.getAxis()).withEpsilon(sync.getEpsilon())
                : norm.withAxis(DjlFields.axis((BatchNorm) layer))
                        .withEpsilon(DjlFields.epsilon((BatchNorm) layer));
    }

    /** Makes what takes a layer's place, without its values. */
    static Block newLayer(Block old, Norm norm) {
        if (old instanceof SyncBatchNorm sync && sync.getActivation().isPresent()) {
            throw Refusal.of(
                    "a layer is replaced by one that does the same after normalizing",
                    "no activation",
                    sync.getActivation().orElseThrow() + " in the layer",
                    "let a block after the layer apply it");
        }
        return switch (norm.kind()) {
            case BATCH ->
                    BatchNorm.builder()
                            .optAxis(norm.axis())
                            .optEpsilon(norm.epsilon())
                            .optMomentum(momentum(old))
                            .build();
            case SYNC_BATCH ->
                    SyncBatchNorm.builder()
                            .optAxis(norm.axis())
                            .optEpsilon(norm.epsilon())
                            .optMomentum(momentum(old))
                            .build();
            default -> norm.newLayer().orElseThrow();
        };
    }

    private static float momentum(Block layer) {
        return layer instanceof SyncBatchNorm sync
                ? sync.getMomentum()
                : DjlFields.momentum((BatchNorm) layer);
    }
}
