package io.github.djlnorm.samples.studies.batchsize;

import io.github.djlnorm.Norm;
import io.github.djlnorm.NormKind;
import io.github.djlnorm.samples.plot.Spread;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What a study of batch sizes says about BatchNorm and the first GroupNorm in it. */
final class BatchSizeVerdict {

    private static final double POINTS = 100;

    private final BatchSizeSummary summary;

    BatchSizeVerdict(BatchSizeSummary summary) {
        this.summary = summary;
    }

    /** One sentence each, or none as long as one of both lacks a batch size. */
    List<String> lines() {
        Optional<Norm> batch = first(norm -> norm.kind() == NormKind.BATCH);
        Optional<Norm> group = first(BatchSizeVerdict::isGroup);
        if (batch.isEmpty()
                || group.isEmpty()
                || !errors(batch.get()).keySet().equals(errors(group.get()).keySet())) {
            return List.of();
        }
        return List.of(movement(batch.get(), group.get()), ahead(batch.get(), group.get()));
    }

    private String movement(Norm batch, Norm group) {
        double ofBatch = POINTS * summary.movement(batch);
        double ofGroup = POINTS * summary.movement(group);
        String ratio =
                ofGroup == 0 ? "" : String.format(Locale.ROOT, ": %.1f to 1", ofBatch / ofGroup);
        return String.format(
                Locale.ROOT,
                "Between batch sizes the test error moves by %.1f points with %s and by %.1f with"
                        + " %s%s.",
                ofBatch,
                batch,
                ofGroup,
                group,
                ratio);
    }

    private String ahead(Norm batch, Norm group) {
        int size = Collections.min(errors(batch).keySet());
        Spread ofBatch = errors(batch).get(size);
        Spread ofGroup = errors(group).get(size);
        boolean groupIsAhead = ofGroup.mean() < ofBatch.mean();
        int seeds = Math.min(ofBatch.count(), ofGroup.count());
        String spread =
                seeds == 1
                        ? "with one seed"
                        : String.format(
                                Locale.ROOT,
                                "where the standard deviation over %d seeds is %.1f with %s and %.1f"
                                        + " with %s",
                                seeds,
                                POINTS * ofBatch.deviation(),
                                batch,
                                POINTS * ofGroup.deviation(),
                                group);
        return String.format(
                Locale.ROOT,
                "At batch size %d, with %d values per channel, %s is ahead by %.1f points, %s.",
                size,
                summary.valuesPerChannel(size),
                groupIsAhead ? group : batch,
                POINTS * Math.abs(ofBatch.mean() - ofGroup.mean()),
                spread);
    }

    private Optional<Norm> first(Predicate<Norm> kind) {
        return summary.errors().keySet().stream().filter(kind).findFirst();
    }

    private static boolean isGroup(Norm norm) {
        return switch (norm.kind()) {
            case GROUP, GROUP_EXACT, GROUP_CHANNELS -> true;
            default -> false;
        };
    }

    private Map<Integer, Spread> errors(Norm norm) {
        return summary.errors().get(norm);
    }
}
