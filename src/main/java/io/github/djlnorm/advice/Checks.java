package io.github.djlnorm.advice;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.nn.convolutional.Deconvolution;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import io.github.djlnorm.ChannelNorm;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.Norm;
import io.github.djlnorm.SyncBatchNorm;
import io.github.djlnorm.internal.BlockTree.Place;
import io.github.djlnorm.internal.DjlFields;
import io.github.djlnorm.internal.Positions;
import java.util.List;
import java.util.stream.Stream;

/** What is checked at each block of a model. */
final class Checks {

    /** From this many independent values on, the statistics of a batch are good enough. */
    static final int ENOUGH = 8;

    /** As how many independent values the positions of one image count at most. */
    private static final int POSITIONS = 2;

    static final List<Check> ALL =
            List.of(
                    Checks::fewValues,
                    Checks::frozenStatistics,
                    Checks::instanceNormInClassifier,
                    Checks::runningStatistics,
                    Checks::oneValuePerMean,
                    Checks::oneChannelPerGroup,
                    Checks::layerNormPerPixel,
                    Checks::redundantBias);

    private static final String INSTEAD_OF_BATCH_NORM =
            "use Norm.group(32), or NormConversion for a model that is there already";

    private static final String OR_SHARED =
            "; or Norm.syncBatch() and Shards, with the statistics of all devices";

    private Checks() {}

    /** Looks for one kind of mistake at one place. */
    interface Check {
        Stream<Finding> check(Place place, TrainingSetting setting);
    }

    private static Stream<Finding> fewValues(Place place, TrainingSetting setting) {
        Block layer = place.block();
        if (!isBatchNorm(layer)) {
            return Stream.empty();
        }
        boolean shared = layer instanceof SyncBatchNorm;
        long batch = shared ? globalBatch(setting) : setting.batchSizePerDevice();
        long positions = positions(layer);
        // Where they are not known there may be many.
        long counted = positions == 0 ? POSITIONS : Math.min(positions, POSITIONS);
        if (batch * counted >= ENOUGH) {
            return Stream.empty();
        }
        String reason =
                "%d independent values per channel: batch %d x %s; fewer than %d cost points of"
                        + " accuracy, and 2 come close to guessing";
        return found(
                place,
                Rule.FEW_VALUES_PER_CHANNEL,
                reason.formatted(batch * counted, batch, describe(positions), ENOUGH)
                        + (shared ? "" : ofOneDevice(setting)),
                globalBatch(setting) * counted >= ENOUGH
                        ? INSTEAD_OF_BATCH_NORM + OR_SHARED
                        : INSTEAD_OF_BATCH_NORM);
    }

    private static boolean isBatchNorm(Block layer) {
        return layer instanceof BatchNorm || layer instanceof SyncBatchNorm;
    }

    private static String describe(long positions) {
        return positions == 1
                ? "1 position"
                : "%d for the positions of an image, which resemble each other"
                        .formatted(POSITIONS);
    }

    private static long globalBatch(TrainingSetting setting) {
        return (long) setting.batchSizePerDevice() * setting.devices();
    }

    private static String ofOneDevice(TrainingSetting setting) {
        String sentence =
                "; the global batch of %d does not help, for each of the %d devices has its own"
                        + " statistics";
        int devices = setting.devices();
        return devices == 1 ? "" : sentence.formatted(globalBatch(setting), devices);
    }

    private static Stream<Finding> frozenStatistics(Place place, TrainingSetting setting) {
        Block layer = place.block();
        if (!isBatchNorm(layer)
                || !isAffine(layer)
                || isTrained(layer, "gamma")
                || isTrained(layer, "beta")) {
            return Stream.empty();
        }
        return found(
                place,
                Rule.FROZEN_STATISTICS_MOVE,
                "gamma and beta are frozen, but training still normalizes by the batch and moves"
                        + " runningMean and runningVar",
                "convert it with NormConversion.builder().setNorm(Norm.frozenBatch())");
    }

    private static boolean isAffine(Block layer) {
        return layer instanceof SyncBatchNorm norm
                ? norm.isScale() || norm.isCenter()
                : DjlFields.isAffine((BatchNorm) layer);
    }

    private static Stream<Finding> instanceNormInClassifier(Place place, TrainingSetting setting) {
        if (!(place.block() instanceof InstanceNorm)
                || setting.family() != ModelFamily.IMAGE_CLASSIFICATION) {
            return Stream.empty();
        }
        return found(
                place,
                Rule.INSTANCE_NORM_IN_CLASSIFIER,
                "it takes each image's own contrast and brightness away, by which classes may"
                        + " differ",
                "use Norm.parse(\"%s\")".formatted(recommended(setting)));
    }

    private static Stream<Finding> runningStatistics(Place place, TrainingSetting setting) {
        if (!(place.block() instanceof InstanceNorm layer) || !layer.isTrackRunningStats()) {
            return Stream.empty();
        }
        return found(
                place,
                Rule.RUNNING_STATISTICS,
                "it evaluates with averages over the training images, not with each image's own"
                        + " statistics as it was trained",
                "leave out optTrackRunningStats(true)");
    }

    private static Stream<Finding> oneValuePerMean(Place place, TrainingSetting setting) {
        Block layer = place.block();
        if (channelsPerMean(layer) != 1 || positions(layer) != 1) {
            return Stream.empty();
        }
        return found(
                place,
                Rule.ONE_VALUE_PER_MEAN,
                "each mean is that of 1 value, and nothing is left of an input of shape %s"
                        .formatted(layer.getInputShapes()[0]),
                "use Norm.groupOfChannels(16), or no normalization at this place");
    }

    private static Stream<Finding> oneChannelPerGroup(Place place, TrainingSetting setting) {
        if (!(place.block() instanceof GroupNorm layer)
                || channelsPerMean(layer) != 1
                || channels(layer) == 1
                || positions(layer) == 1) {
            return Stream.empty();
        }
        return found(
                place,
                Rule.ONE_CHANNEL_PER_GROUP,
                "%d groups for %d channels: with one channel in each it is an InstanceNorm"
                        .formatted(layer.getNumGroups(), channels(layer)),
                "use fewer groups, as Norm.groupOfChannels(16) does, or Norm.instance() if it is"
                        + " meant");
    }

    private static Stream<Finding> layerNormPerPixel(Place place, TrainingSetting setting) {
        if (!(place.block() instanceof LayerNorm layer) || setting.family().isOfSequences()) {
            return Stream.empty();
        }
        Shape gamma = layer.getDirectParameters().get("gamma").getShape();
        Shape input = layer.getInputShapes()[0];
        if (input.dimension() < 4 || gamma.dimension() < input.dimension() - 1) {
            return Stream.empty();
        }
        return found(
                place,
                Rule.LAYER_NORM_PER_PIXEL,
                "gamma and beta have %d values each, of shape %s, and fit images of one size only"
                        .formatted(gamma.size(), gamma),
                "use Norm.layer() to normalize over the channels of each position, or"
                        + " Norm.group(1) over all of an image");
    }

    private static Stream<Finding> redundantBias(Place place, TrainingSetting setting) {
        Block layer = place.block();
        if (!(layer instanceof Convolution || layer instanceof Deconvolution)
                || !layer.getDirectParameters().contains("bias")) {
            return Stream.empty();
        }
        return Chain.next(place).filter(Checks::makesBiasRedundant).stream()
                .flatMap(
                        next ->
                                found(
                                        place,
                                        Rule.REDUNDANT_BIAS,
                                        reason(next),
                                        "use optBias(false), as ConvNorm does"));
    }

    private static boolean makesBiasRedundant(Block next) {
        return isBatchNorm(next)
                || next instanceof InstanceNorm
                || (next instanceof GroupNorm && isTrained(next, "beta"));
    }

    private static String reason(Block next) {
        String name = next.getClass().getSimpleName();
        return channelsPerMean(next) > 1
                ? "the %s after it has a shift of its own for each channel".formatted(name)
                : "the %s after it subtracts each channel's mean, and the bias with it"
                        .formatted(name);
    }

    /** How many channels share a mean, or 0 if a layer is not one that this matters for. */
    private static long channelsPerMean(Block layer) {
        if (layer instanceof GroupNorm norm) {
            return channels(layer) / norm.getNumGroups();
        }
        return layer instanceof InstanceNorm ? 1 : 0;
    }

    private static Norm recommended(TrainingSetting setting) {
        return Recommendation.of(setting.family(), setting.batchSizePerDevice()).norm();
    }

    private static long channels(Block layer) {
        return layer instanceof ChannelNorm norm
                ? norm.getChannels()
                : layer.getDirectParameters().get("gamma").getShape().get(0);
    }

    /** How many values each channel of an instance has, or 0 if that is not known. */
    private static long positions(Block layer) {
        Shape input = layer.getInputShapes()[0];
        boolean unbatched =
                layer instanceof InstanceNorm norm
                        && input.dimension() == norm.getSpatialDims() + 1;
        return Positions.of(unbatched ? new Shape(1).addAll(input) : input, channels(layer));
    }

    private static boolean isTrained(Block layer, String parameter) {
        Parameter found = layer.getDirectParameters().get(parameter);
        return found != null && found.requiresGradient();
    }

    private static Stream<Finding> found(Place place, Rule rule, String reason, String suggestion) {
        return Stream.of(new Finding(place.path(), rule, reason, suggestion));
    }
}
