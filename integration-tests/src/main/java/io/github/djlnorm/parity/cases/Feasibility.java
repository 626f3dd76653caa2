package io.github.djlnorm.parity.cases;

import ai.djl.ndarray.types.DataType;
import io.github.djlnorm.parity.arrays.Layout;
import java.util.Arrays;
import java.util.Optional;

/** What no layer can do, or this program, so that there is no such case. */
public final class Feasibility {

    /** Beyond this many values the exact ones take minutes and gigabytes. */
    private static final long MOST_VALUES = 1L << 24;

    private static final float SMALLEST_EPSILON_WITHOUT_VARIANCE = 1e-5f;

    private Feasibility() {}

    /**
     * Says why there is no such case.
     *
     * @param c a case
     * @return the reason, or nothing if it can be computed
     */
    public static Optional<String> objection(ParityCase c) {
        String shape = shapes(c);
        if (shape != null) {
            return Optional.of(shape);
        }
        String extra = extras(c);
        if (extra != null) {
            return Optional.of(extra);
        }
        return Optional.ofNullable(c.layer() == Layer.INSTANCE_NORM ? instanceNorms(c) : others(c))
                .or(() -> Optional.ofNullable(statistics(c)));
    }

    private static String shapes(ParityCase c) {
        long[] axes = c.shape().getShape();
        if (axes.length < 2) {
            return "a shape has two axes or more, got " + c.shape();
        }
        if (axes[0] < 0 || Arrays.stream(axes).skip(1).anyMatch(axis -> axis < 1)) {
            return "no axis but the batch may be empty, got " + c.shape();
        }
        double values = Arrays.stream(axes).asDoubleStream().reduce(1, (a, b) -> a * b);
        if (values > MOST_VALUES) {
            return "a case has at most %d values, got %.0f".formatted(MOST_VALUES, values);
        }
        if (c.layout() == Layout.THIRD_AXIS && axes.length < 3) {
            return "no third axis, got " + c.shape();
        }
        if (!(c.epsilon() >= 0) || Float.isInfinite(c.epsilon())) {
            return "epsilon is a number of at least 0, got " + c.epsilon();
        }
        return null;
    }

    /** What an extra does not go with. */
    private static String extras(ParityCase c) {
        Extra extra = c.extra();
        if ((extra.isMasked() || extra.isFunction()) && c.running() != Running.OFF) {
            return "running statistics go with no mask and no static function";
        }
        if (extra.isMasked() && c.positions() < 2) {
            return "a mask needs positions that it leaves out";
        }
        if (extra.isFunction() && c.axis() != c.layer().functionsAxis()) {
            return "the static function has its channels on axis " + c.layer().functionsAxis();
        }
        if (extra.isFunction() && c.layout() == Layout.UNBATCHED) {
            return "the static function takes a batch";
        }
        if (extra == Extra.TORCH_KERNEL && c.mode() != Mode.INFER) {
            return "libtorch's kernel runs in training anyway";
        }
        if (extra == Extra.FORMULA_KERNEL && c.distribution() == Distribution.LARGE_MAGNITUDE) {
            return "the formula's squares overflow";
        }
        if (extra == Extra.FORMULA_KERNEL
                && c.layer().joinsInstances()
                && c.distribution() != Distribution.NORMAL) {
            return "the formula rounds a batch's mean to the type of its values";
        }
        if (extra == Extra.GAMMA_RECORDED
                && (!c.affine().scale()
                        || c.mode() == Mode.INFER
                        || c.running() == Running.FROZEN)) {
            return "only a trained scale is recorded";
        }
        return null;
    }

    private static String others(ParityCase c) {
        if (c.layer().joinsInstances()
                && c.precision().input() == DataType.FLOAT64
                && c.distribution().hasLargeMean()) {
            return "a batch's mean is rounded to float64, by us and by PyTorch";
        }
        if (c.layer().joinsInstances()
                && c.mode() == Mode.TRAIN
                && c.positions() * c.instances() < 2) {
            return c.layer().title() + " has no statistics of one value per channel";
        }
        return c.layout() == Layout.UNBATCHED
                ? "only InstanceNorm takes an instance without the batch axis"
                : null;
    }

    private static String instanceNorms(ParityCase c) {
        if (c.shape().dimension() < 3) {
            return "InstanceNorm needs positions: a shape of three axes or more, got " + c.shape();
        }
        if (c.layout() == Layout.UNBATCHED && c.instances() != 1) {
            return "without the batch axis there is one instance, got " + c.instances();
        }
        if (c.positions() == 1) {
            return "InstanceNorm has no statistics of one value per channel";
        }
        return null;
    }

    /** A variance that its type cannot hold, and a division by a deviation of zero. */
    private static String statistics(ParityCase c) {
        if (c.distribution() == Distribution.LARGE_MAGNITUDE
                && c.precision().input() != DataType.FLOAT16
                && c.running().tracked()) {
            return "no running variance holds the square of a large magnitude";
        }
        boolean zeroVariance =
                c.layer().centers()
                        && (c.distribution() == Distribution.CONSTANT
                                || c.layer().sharing(c).size() == 1);
        return zeroVariance && c.epsilon() < SMALLEST_EPSILON_WITHOUT_VARIANCE && !c.usesRunning()
                ? "a variance of 0 needs an epsilon of 1e-5 or more, got " + c.epsilon()
                : null;
    }
}
