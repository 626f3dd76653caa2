package io.github.djlnorm.parity.cases;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Layout;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Where libtorch itself is wrong or refuses without need, so that its error there is no measure for
 * anybody. Such a case is judged by the exact values with the error that libtorch has on the case's
 * healthy twin: the same numbers without what makes libtorch fail.
 */
public enum KnownFault {
    /** A channels-last input with a large mean: group_norm's variance cancels. */
    CHANNELS_LAST_CANCELS,
    /** A shift without a scale: group_norm's backward fails. */
    SHIFT_WITHOUT_SCALE,
    /** A mean of many deviations: what the mean is rounded by is large beside a deviation. */
    LARGE_MEAN,
    /** One value throughout: what the mean is rounded by is normalized to hundreds of ULP. */
    CONSTANT_NOT_ZERO,
    /** Statistics of one to four values, whose mean may be many deviations by chance. */
    FEW_VALUES,
    /** One channels-last instance: instance_norm takes the gradient's memory for contiguous. */
    ONE_INSTANCE_CHANNELS_LAST,
    /**
     * Half-precision input with single-precision parameters: layer_norm, and up to PyTorch 2.6
     * rms_norm, and the norms over positions where the input has to be copied, sum in half.
     */
    SUMMED_IN_HALF,
    /** The same without a scale is refused. */
    HALF_WITH_SHIFT_REFUSED,
    /** Double-precision input with single-precision parameters is refused. */
    MIXED_DOUBLE_REFUSED,
    /** Magnitudes whose square is out of the type's range: zeros or NaN. */
    SQUARES_OVERFLOW,
    /** An empty batch: an index error, or running statistics that turn into NaN. */
    EMPTY_INSTANCE_NORM;

    private static final int FEW = 4;

    @SuppressWarnings("ImmutableEnumChecker") // nobody changes it
    private static final Set<Layout> COPIED =
            EnumSet.of(Layout.TRANSPOSED, Layout.SLICE, Layout.THIRD_AXIS);

    /** The faults that a case has. */
    public static List<KnownFault> of(ParityCase parityCase) {
        return Arrays.stream(values()).filter(fault -> fault.isIn(parityCase)).toList();
    }

    /** Whether libtorch or PyTorch may give no result at all. */
    public boolean refuses() {
        return this == SHIFT_WITHOUT_SCALE
                || this == HALF_WITH_SHIFT_REFUSED
                || this == MIXED_DOUBLE_REFUSED
                || this == EMPTY_INSTANCE_NORM;
    }

    /** The case without any fault. */
    public static ParityCase healthyTwin(ParityCase parityCase) {
        ParityCase twin = parityCase;
        for (List<KnownFault> faults = of(twin); !faults.isEmpty(); faults = of(twin)) {
            twin = faults.get(0).healed(twin);
        }
        return twin;
    }

    private boolean isIn(ParityCase c) {
        return switch (this) {
            case CHANNELS_LAST_CANCELS ->
                    c.layer() == Layer.GROUP_NORM
                            && c.distribution().hasMean()
                            && liesChannelsLast(c);
            case SHIFT_WITHOUT_SCALE -> c.layer() == Layer.GROUP_NORM && c.affine() == Affine.SHIFT;
            case LARGE_MEAN -> centers(c) && c.distribution().hasLargeMean();
            case CONSTANT_NOT_ZERO -> centers(c) && c.distribution() == Distribution.CONSTANT;
            case FEW_VALUES -> centers(c) && c.layer().sharing(c).size() <= FEW;
            case ONE_INSTANCE_CHANNELS_LAST ->
                    c.layer() == Layer.INSTANCE_NORM && c.instances() == 1 && liesChannelsLast(c);
            case SUMMED_IN_HALF ->
                    isMixedHalf(c) && (!isByPosition(c) || c.affine() != Affine.SHIFT);
            case HALF_WITH_SHIFT_REFUSED ->
                    isMixedHalf(c) && isByPosition(c) && c.affine() == Affine.SHIFT;
            case MIXED_DOUBLE_REFUSED ->
                    c.precision() == Precision.FLOAT64_MIXED
                            && c.layer() != Layer.RMS_NORM
                            && (c.affine() != Affine.NONE || c.running().tracked());
            case SQUARES_OVERFLOW ->
                    c.distribution() == Distribution.LARGE_MAGNITUDE
                            && c.precision().input() != DataType.FLOAT16
                            && !c.usesRunning();
            case EMPTY_INSTANCE_NORM -> c.layer() == Layer.INSTANCE_NORM && c.instances() == 0;
        };
    }

    private static boolean centers(ParityCase c) {
        return c.layer().centers() && !c.usesRunning();
    }

    private static boolean isByPosition(ParityCase c) {
        return c.layer() == Layer.LAYER_NORM || c.layer() == Layer.RMS_NORM;
    }

    private static boolean isMixedHalf(ParityCase c) {
        boolean sums =
                switch (c.layer()) {
                    case LAYER_NORM, RMS_NORM -> true;
                    case INSTANCE_NORM, SYNC_BATCH_NORM -> COPIED.contains(c.layout());
                    default -> false;
                };
        return sums && c.precision() == Precision.FLOAT16_MIXED;
    }

    private static boolean liesChannelsLast(ParityCase c) {
        return c.shape().dimension() >= 4
                && (c.layout() == Layout.CHANNELS_LAST || c.layout() == Layout.LAST_AXIS);
    }

    /** A shape with more values to share statistics. */
    private static Shape ofPlenty(ParityCase c) {
        return c.layer() == Layer.LAYER_NORM
                ? new Shape(c.instances(), 12).addAll(c.shape().slice(2))
                : new Shape(c.instances(), c.channels(), 5, 7);
    }

    private ParityCase healed(ParityCase c) {
        return switch (this) {
            case LARGE_MEAN, CONSTANT_NOT_ZERO -> c.with(Distribution.NORMAL);
            case FEW_VALUES -> c.with(ofPlenty(c));
            case CHANNELS_LAST_CANCELS, ONE_INSTANCE_CHANNELS_LAST -> c.with(Layout.CONTIGUOUS);
            case SHIFT_WITHOUT_SCALE, HALF_WITH_SHIFT_REFUSED -> c.with(Affine.SCALE_SHIFT);
            case SUMMED_IN_HALF -> c.with(Precision.FLOAT32);
            case MIXED_DOUBLE_REFUSED -> c.with(Precision.FLOAT64_OF_MIXED);
            case SQUARES_OVERFLOW -> c.with(Distribution.NORMAL);
            case EMPTY_INSTANCE_NORM -> c.with(new Shape(1).addAll(c.shape().slice(1)));
        };
    }
}
