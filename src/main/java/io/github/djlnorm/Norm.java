package io.github.djlnorm;

import ai.djl.nn.Block;
import io.github.djlnorm.internal.Decimal;
import io.github.djlnorm.internal.Refusal;
import io.github.djlnorm.internal.kernel.ArrayRules;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongToIntFunction;

/**
 * A choice of normalization, which the builder of a model takes and makes a layer of wherever one
 * belongs.
 *
 * <pre>{@code
 * Norm norm = Norm.parse("group:32"); // or Norm.group(32)
 * Block layer = norm.newLayer(64).orElseThrow(); // 32 groups of 2 channels
 * }</pre>
 *
 * <p>As text, a norm is its name, with a number for those that have one: {@code none}, {@code
 * batch}, {@code sync-batch}, {@code frozen-batch}, {@code group:32}, {@code group-exact:32},
 * {@code group-channels:16}, {@code instance}, {@code layer} and {@code rms}. An axis other than 1
 * and an epsilon other than 1e-5 follow, as in {@code group:32:axis=-1:epsilon=0.001}. {@link
 * #parse} reads what {@link #toString} writes.
 *
 * <p>A model's layers differ in their channels, and no one group count suits them all. What a layer
 * of C channels gets is decided by the kind:
 *
 * <ul>
 *   <li>{@link NormKind#GROUP}: the largest divisor of C that is not above the number; 32 gives 32
 *       groups to 64 channels, 24 to 24 and 12 to 36
 *   <li>{@link NormKind#GROUP_EXACT}: the number, and an error where it does not divide C
 *   <li>{@link NormKind#GROUP_CHANNELS}: as many groups as there can be with at least the number of
 *       channels in each; 16 gives 4 groups to 64 channels, 1 to 24 and 2 to 36
 * </ul>
 *
 * @param kind which normalization
 * @param number the group count or the channels per group, 1 or more; 0 for kinds without groups
 * @param axis the axis of the channels, not 0; negative axes count from the end
 * @param epsilon what is added to the variance, finite and not negative
 */
public record Norm(NormKind kind, int number, int axis, float epsilon) {

    static final int AXIS = 1;
    static final float EPSILON = 1e-5f;

    /**
     * Creates a choice.
     *
     * @param kind which normalization
     * @param number the group count or the channels per group, 1 or more; 0 for kinds without
     *     groups
     * @param axis the axis of the channels, not 0; negative axes count from the end
     * @param epsilon what is added to the variance, finite and not negative
     * @throws IllegalArgumentException if the number, the axis or epsilon is outside of its range,
     *     or an axis counted from the end for DJL's BatchNorm, which takes those wrongly
     */
    public Norm {
        Objects.requireNonNull(kind, "kind");
        ArrayRules.notBatchAxis(axis);
        ArrayRules.epsilon(Decimal.of(epsilon));
        if (kind == NormKind.BATCH) {
            OptionRules.batchNormAxis(axis);
        }
        if (kind.hasNumber()) {
            OptionRules.normNumber(number, kind.usage());
        } else {
            OptionRules.noNormNumber(number, kind.usage());
        }
        // A negative zero, which is none to a layer, would differ from zero to equals.
        epsilon += 0;
    }

    private Norm(NormKind kind, int number) {
        this(kind, number, AXIS, EPSILON);
    }

    /**
     * No normalization.
     *
     * @return the choice
     */
    public static Norm none() {
        return new Norm(NormKind.NONE, 0);
    }

    /**
     * Batch normalization, by DJL's own layer.
     *
     * @return the choice
     */
    public static Norm batch() {
        return new Norm(NormKind.BATCH, 0);
    }

    /**
     * Batch normalization by the statistics of all shards of a batch.
     *
     * @return the choice
     */
    public static Norm syncBatch() {
        return new Norm(NormKind.SYNC_BATCH, 0);
    }

    /**
     * Batch normalization with constant statistics, scale and shift.
     *
     * @return the choice
     */
    public static Norm frozenBatch() {
        return new Norm(NormKind.FROZEN_BATCH, 0);
    }

    /**
     * Group normalization with the largest number of groups that divides a layer's channels and is
     * not above the given one.
     *
     * @param numGroups the largest number of groups, 1 or more; 32 is common
     * @return the choice
     */
    public static Norm group(int numGroups) {
        return new Norm(NormKind.GROUP, numGroups);
    }

    /**
     * Group normalization with the given number of groups in every layer.
     *
     * @param numGroups the number of groups, which must divide every layer's channels
     * @return the choice
     */
    public static Norm groupExact(int numGroups) {
        return new Norm(NormKind.GROUP_EXACT, numGroups);
    }

    /**
     * Group normalization with as many groups as there can be with at least the given number of
     * channels in each, and one group for a layer of fewer channels.
     *
     * @param channelsPerGroup the least number of channels in a group, 1 or more; 16 is common
     * @return the choice
     */
    public static Norm groupOfChannels(int channelsPerGroup) {
        return new Norm(NormKind.GROUP_CHANNELS, channelsPerGroup);
    }

    /**
     * Instance normalization.
     *
     * @return the choice
     */
    public static Norm instance() {
        return new Norm(NormKind.INSTANCE, 0);
    }

    /**
     * Layer normalization over the channels of each position.
     *
     * @return the choice
     */
    public static Norm layer() {
        return new Norm(NormKind.LAYER, 0);
    }

    /**
     * Root mean square normalization over the channels of each position.
     *
     * @return the choice
     */
    public static Norm rms() {
        return new Norm(NormKind.RMS, 0);
    }

    /**
     * Reads a choice.
     *
     * @param text what {@link #toString} writes
     * @return the choice
     * @throws IllegalArgumentException if there is no such norm, with a list of those there are
     */
    public static Norm parse(String text) {
        return NormText.read(text);
    }

    /**
     * What {@link #parse} reads, without axis and epsilon.
     *
     * @return the norms, with N for a number
     */
    public static List<String> names() {
        return Arrays.stream(NormKind.values()).map(NormKind::usage).toList();
    }

    /**
     * The same choice for channels on another axis.
     *
     * @param newAxis the axis of the channels, such as -1 for (N, H, W, C)
     * @return the choice
     */
    public Norm withAxis(int newAxis) {
        return new Norm(kind, number, newAxis, epsilon);
    }

    /**
     * The same choice with another epsilon.
     *
     * @param newEpsilon what is added to the variance, finite and not negative
     * @return the choice
     */
    public Norm withEpsilon(float newEpsilon) {
        return new Norm(kind, number, axis, newEpsilon);
    }

    /**
     * Makes a layer.
     *
     * @param channels the number of channels of the layer's input, 1 or more
     * @return a new layer, or nothing for {@link #none}
     * @throws IllegalArgumentException if an exact group count does not divide the channels
     */
    public Optional<Block> newLayer(long channels) {
        return newLayer(channels, null);
    }

    /**
     * Makes a layer that applies an activation to its output.
     *
     * @param channels the number of channels of the layer's input, 1 or more
     * @param activation what the layer applies in place, or null for nothing
     * @return a new layer, or nothing for {@link #none}
     * @throws IllegalArgumentException if an exact group count does not divide the channels, or if
     *     there is an activation and the layer takes none
     */
    public Optional<Block> newLayer(long channels, FusedActivation activation) {
        int numGroups = kind.hasNumber() ? numGroups(channels) : 0;
        return newLayer((long any) -> numGroups, activation);
    }

    /**
     * Tells whether the layer can apply an activation to its output in place.
     *
     * @return true for group, instance and layer normalization
     */
    public boolean takesActivation() {
        return kind.takesActivation();
    }

    /**
     * Makes a layer for the channels of the input that it will be initialized with, and as many
     * groups as suit these.
     *
     * @return a new layer, or nothing for {@link #none}
     */
    public Optional<Block> newLayer() {
        return newLayer(this::numGroups, null);
    }

    private Optional<Block> newLayer(
            LongToIntFunction groupsOfChannels, FusedActivation activation) {
        if (activation != null && !takesActivation()) {
            throw Refusal.of(
                    "only a layer with a scale and a shift of its own statistics takes an activation",
                    "a norm of groups, instances or layers",
                    this + " with " + activation,
                    "add the activation as a block after the layer");
        }
        return Optional.ofNullable(NormLayers.of(this, groupsOfChannels, activation));
    }

    /**
     * Tells how many groups a layer gets.
     *
     * @param channels the number of channels, 1 or more
     * @return a divisor of the number of channels
     * @throws IllegalArgumentException if there are no channels, or an exact group count does not
     *     divide them
     * @throws IllegalStateException if this is no group normalization
     */
    public int numGroups(long channels) {
        OptionRules.positiveChannels(channels);
        return NormLayers.numGroups(this, channels);
    }

    /**
     * Tells whether a convolution before the layer needs no bias: the layer takes away what a bias
     * adds to a channel, or its own shift serves as well. Layer normalization over channels mixes a
     * bias into every channel, and RMSNorm has no shift.
     *
     * @return true for batch, group and instance normalization, and frozen batch normalization
     */
    public boolean makesBiasRedundant() {
        return kind.makesBiasRedundant();
    }

    @Override
    public String toString() {
        return NormText.of(this);
    }
}
