package io.github.djlnorm.parity.verdict;

import io.github.djlnorm.parity.cases.Layer;
import java.util.EnumSet;
import java.util.Set;

/**
 * A mistake that is easily made in a normalization layer: the layers that it changes, a piece of
 * the formula, and its fake.
 */
enum Mutation {
    NOTHING(Layers.ALL, "", ""),
    UNBIASED_VARIANCE_FOR_NORMALIZING(
            Layers.WITH_OWN_STATISTICS,
            "v = torch.mean(centered * centered, [2], True)",
            "v = torch.sum(centered * centered, [2], True) / (size - 1)"),
    SUM_OF_SQUARES_FOR_THEIR_MEAN(
            Layers.WITH_OWN_STATISTICS,
            "v = torch.mean(centered * centered, [2], True)",
            "v = torch.sum(centered * centered, [2], True)"),
    EPSILON_OUTSIDE_THE_ROOT(
            Layers.WITH_OWN_STATISTICS,
            "torch.rsqrt(v + self.epsilon)",
            "torch.reciprocal(torch.sqrt(v) + self.epsilon)"),
    EPSILON_FORGOTTEN(Layers.WITH_OWN_STATISTICS, "v + self.epsilon", "v"),
    EPSILON_FORGOTTEN_BESIDE_GIVEN_VARIANCE(
            Layers.WITH_RUNNING_STATISTICS, "[1, c, 1]) + self.epsilon)", "[1, c, 1]))"),
    VARIANCE_BY_DIFFERENCE_OF_SQUARES(
            Layers.CENTERING,
            "v = torch.mean(centered * centered, [2], True)",
            "s = torch.to(grouped, x.dtype)\n"
                    + "    v = torch.to(torch.mean(s * s, [2], True)"
                    + " - torch.square(torch.mean(s, [2], True)), 7)"),
    MEAN_SUBTRACTED(Set.of(Layer.RMS_NORM), "if self.centers:", "if True:"),
    MEAN_NOT_SUBTRACTED(Layers.CENTERING, "if self.centers:", "if False:"),
    GROUPS_INTERLEAVED(
            Set.of(Layer.GROUP_NORM),
            "grouped = torch.reshape(x3, [n, groups, c // groups * p])",
            "grouped = torch.reshape(torch.transpose(torch.reshape(x3,"
                    + " [n, c // groups, groups, p]), 1, 2), [n, groups, c // groups * p])"),
    POSITIONS_TAKEN_FOR_CHANNELS(Layers.BY_POSITION, "channels_to = 2", "channels_to = 1"),
    POSITIONS_NORMALIZED_TOGETHER(Layers.BY_POSITION, "if self.by_position:", "if False:"),
    INSTANCES_NORMALIZED_ALONE(Set.of(Layer.SYNC_BATCH_NORM), "elif self.by_batch:", "elif False:"),
    RELU_FORGOTTEN(Layers.WITH_ACTIVATION, "y = torch.relu(y)", "y = y"),
    RELU_STEEPER_BELOW_ZERO(Layers.WITH_ACTIVATION, "leaky_relu(y, 0.01)", "leaky_relu(y, 0.1)"),
    TANH_CUT_OFF(Layers.WITH_ACTIVATION, "torch.tanh(y)", "torch.clamp(y, -1., 1.)"),
    STATISTICS_OVER_THE_BATCH(
            EnumSet.of(Layer.GROUP_NORM, Layer.INSTANCE_NORM, Layer.LAYER_NORM),
            "m = torch.mean(grouped, [2], True)",
            "m = torch.mean(grouped, [0, 2], True)"),
    GAMMA_OF_THE_GROUP(
            EnumSet.of(Layer.GROUP_NORM, Layer.LAYER_NORM, Layer.RMS_NORM),
            "g = torch.reshape(torch.to(gamma, 7), [1, c, 1])",
            "g = torch.reshape(torch.expand(torch.narrow(torch.reshape(torch.to(gamma, 7),"
                    + " [groups, c // groups]), 1, 0, 1), [groups, c // groups]), [1, c, 1])"),
    GAMMA_OF_THE_NEXT_CHANNEL(
            Layers.ALL,
            "g = torch.reshape(torch.to(gamma, 7), [1, c, 1])",
            "g = torch.reshape(torch.roll(torch.to(gamma, 7), [1], [0]), [1, c, 1])"),
    BETA_SCALED_TOO(
            EnumSet.complementOf(EnumSet.of(Layer.RMS_NORM)),
            "normalized * g + b",
            "(normalized + b) * g"),
    NO_GRADIENT_THROUGH_THE_MEAN(
            Layers.CENTERING, "centered = grouped - m", "centered = grouped - m.detach()"),
    NO_GRADIENT_THROUGH_THE_VARIANCE(
            Layers.WITH_OWN_STATISTICS, "torch.rsqrt(v + ", "torch.rsqrt(v.detach() + "),
    MOMENTUM_SWAPPED(
            Layers.MOVING,
            "mean * self.momentum + batch_mean * (1. - self.momentum)",
            "mean * (1. - self.momentum) + batch_mean * self.momentum"),
    RUNNING_VARIANCE_BIASED(Layers.MOVING, "* p / (p - 1)", ""),
    RUNNING_MEAN_OF_THE_FIRST_INSTANCE(
            Set.of(Layer.INSTANCE_NORM),
            "torch.mean(torch.mean(parts, [2]), [0])",
            "torch.mean(torch.narrow(parts, 0, 0, 1), [0, 2])"),
    RUNNING_STATISTICS_IGNORED_IN_EVALUATION(
            Layers.WITH_RUNNING_STATISTICS, "if self.by_running:", "if False:"),
    RUNNING_STATISTICS_IGNORED_IN_TRAINING(
            Set.of(Layer.FROZEN_BATCH_NORM),
            "if self.by_running:",
            "if self.by_running and not self.trains:"),
    RUNNING_STATISTICS_MOVED_IN_EVALUATION(
            Layers.MOVING, "if self.moving:", "if self.moving or self.by_running:"),
    RUNNING_STATISTICS_MOVED_THOUGH_FROZEN(
            Set.of(Layer.FROZEN_BATCH_NORM), "if self.moving:", "if self.trains:"),
    RUNNING_VARIANCE_TAKEN_FOR_DEVIATION(
            Layers.WITH_RUNNING_STATISTICS, "deviation = torch.sqrt(", "deviation = torch.abs("),
    MEMORY_TAKEN_FOR_CONTIGUOUS(
            Layers.ALL,
            "x3 = torch.reshape(torch.to(x, 7), [n, c, p])",
            "x3 = torch.to(torch.as_strided(x, [n, c, p], [c * p, p, 1]), 7)"),
    LAST_AXIS_TAKEN_FOR_THE_SECOND(Layers.ALL, "", ""),
    STATISTICS_IN_SINGLE_PRECISION(
            Layers.WITH_OWN_STATISTICS,
            "v = torch.mean(centered * centered, [2], True)",
            "v = torch.to(torch.to(torch.mean(centered * centered, [2], True), 6), 7)");

    @SuppressWarnings("ImmutableEnumChecker") // nobody changes it
    private final Set<Layer> layers;

    private final String piece;
    private final String fake;

    Mutation(Set<Layer> layers, String piece, String fake) {
        this.layers = layers;
        this.piece = piece;
        this.fake = fake;
    }

    Set<Layer> layers() {
        return layers;
    }

    String applyTo(String source) {
        if (!source.contains(piece)) {
            throw new IllegalStateException(name() + " finds nothing to change");
        }
        return piece.isEmpty() ? source : source.replace(piece, fake);
    }

    /** Layers with something in common. */
    private static final class Layers {

        private static final Set<Layer> ALL = EnumSet.allOf(Layer.class);
        private static final Set<Layer> WITH_OWN_STATISTICS =
                EnumSet.complementOf(EnumSet.of(Layer.FROZEN_BATCH_NORM));
        private static final Set<Layer> CENTERING =
                EnumSet.complementOf(EnumSet.of(Layer.RMS_NORM, Layer.FROZEN_BATCH_NORM));
        private static final Set<Layer> WITH_ACTIVATION = CENTERING;
        private static final Set<Layer> MOVING =
                EnumSet.of(Layer.INSTANCE_NORM, Layer.SYNC_BATCH_NORM);
        private static final Set<Layer> BY_POSITION = EnumSet.of(Layer.LAYER_NORM, Layer.RMS_NORM);
        private static final Set<Layer> WITH_RUNNING_STATISTICS =
                EnumSet.of(Layer.INSTANCE_NORM, Layer.SYNC_BATCH_NORM, Layer.FROZEN_BATCH_NORM);
    }
}
