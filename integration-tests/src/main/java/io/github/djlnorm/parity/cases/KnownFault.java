package io.github.djlnorm.parity.cases;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Layout;
import java.util.Arrays;
import java.util.Optional;

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
    /**
     * Half-precision input with single-precision parameters: layer_norm sums their gradients in
     * half.
     */
    SUMMED_IN_HALF,
    /** Double-precision input with single-precision parameters is refused. */
    MIXED_DOUBLE_REFUSED,
    /** Magnitudes whose square is out of the type's range: zeros or NaN. */
    SQUARES_OVERFLOW,
    /** An empty batch: an index error, or running statistics that turn into NaN. */
    EMPTY_INSTANCE_NORM;

    /** Whether a case has any of the faults, and which one first. */
    public static Optional<KnownFault> of(ParityCase parityCase) {
        return Arrays.stream(values()).filter(fault -> fault.isIn(parityCase)).findFirst();
    }

    /** The case without any fault. */
    public static ParityCase healthyTwin(ParityCase parityCase) {
        ParityCase twin = parityCase;
        for (Optional<KnownFault> fault = of(twin); fault.isPresent(); fault = of(twin)) {
            twin = fault.get().healed(twin);
        }
        return twin;
    }

    private boolean isIn(ParityCase c) {
        return switch (this) {
            case CHANNELS_LAST_CANCELS ->
                    c.layer() == Layer.GROUP_NORM
                            && c.distribution() == Distribution.LARGE_MEAN
                            && c.shape().dimension() >= 4
                            && (c.layout() == Layout.CHANNELS_LAST
                                    || c.layout() == Layout.LAST_AXIS);
            case SHIFT_WITHOUT_SCALE -> c.layer() == Layer.GROUP_NORM && c.affine() == Affine.SHIFT;
            case SUMMED_IN_HALF ->
                    c.layer() == Layer.LAYER_NORM && c.precision() == Precision.FLOAT16_MIXED;
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

    private ParityCase healed(ParityCase c) {
        return switch (this) {
            case CHANNELS_LAST_CANCELS -> c.with(Layout.CONTIGUOUS);
            case SHIFT_WITHOUT_SCALE -> c.with(Affine.SCALE_SHIFT);
            case SUMMED_IN_HALF -> c.with(Precision.FLOAT32);
            case MIXED_DOUBLE_REFUSED -> c.with(Precision.FLOAT64_OF_MIXED);
            case SQUARES_OVERFLOW -> c.with(Distribution.NORMAL);
            case EMPTY_INSTANCE_NORM -> c.with(new Shape(1).addAll(c.shape().slice(1)));
        };
    }
}
