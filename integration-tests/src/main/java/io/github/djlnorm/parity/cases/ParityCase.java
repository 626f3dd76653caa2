package io.github.djlnorm.parity.cases;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Layout;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One configuration of a layer with one input, named so that the name alone brings it back, data
 * included: {@code
 * group-norm/2x12x5x7/groups=4/train/scale-shift/off/float32/contiguous/normal/eps=1.0e-5/seed=0}.
 *
 * @param layer the layer
 * @param shape the input's shape, (N, C, *), whatever the layout
 * @param groups the number of groups of channels; 1 where all channels are normalized together, the
 *     number of channels where each is by itself
 * @param mode training, evaluation or inference
 * @param affine the parameters that there are
 * @param running the running statistics
 * @param precision the types
 * @param layout the input's place in memory
 * @param distribution the input's values
 * @param epsilon what is added to the variance
 * @param seed the seed of all random values
 * @param extra what else there is
 */
public record ParityCase(
        Layer layer,
        Shape shape,
        int groups,
        Mode mode,
        Affine affine,
        Running running,
        Precision precision,
        Layout layout,
        Distribution distribution,
        float epsilon,
        int seed,
        Extra extra) {

    /**
     * Returns a plain case: training with all parameters in single precision on contiguous, normal
     * input.
     *
     * @param layer the layer
     * @param shape the shape, (N, C, *)
     * @param groups the number of groups
     * @return the case
     */
    public static ParityCase of(Layer layer, Shape shape, int groups) {
        return new ParityCase(
                layer,
                shape,
                groups,
                Mode.TRAIN,
                layer.affines().get(0),
                layer.runnings().get(0),
                Precision.FLOAT32,
                Layout.CONTIGUOUS,
                Distribution.NORMAL,
                1e-5f,
                0,
                Extra.NONE);
    }

    /**
     * Returns the case of the given name.
     *
     * @param name what {@link #name()} returned
     * @return the case
     * @throws IllegalArgumentException if it is not a name
     */
    public static ParityCase parse(String name) {
        return CaseName.parse(name);
    }

    /** Returns how a constant is written in names and reports. */
    public static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Returns the case's name.
     *
     * @return the name, which {@link #parse} takes
     */
    public String name() {
        String name =
                String.join(
                        "/",
                        label(layer),
                        dimensions(),
                        "groups=" + groups,
                        label(mode),
                        label(affine),
                        label(running),
                        label(precision),
                        label(layout),
                        label(distribution),
                        "eps=" + Float.toString(epsilon).toLowerCase(Locale.ROOT),
                        "seed=" + seed);
        return extra == Extra.NONE ? name : name + "/" + label(extra);
    }

    public String dimensions() {
        return Arrays.stream(shape.getShape())
                .mapToObj(Long::toString)
                .collect(Collectors.joining("x"));
    }

    @Override
    public String toString() {
        return name();
    }

    public int instances() {
        return Math.toIntExact(shape.get(0));
    }

    public int channels() {
        return Math.toIntExact(shape.get(1));
    }

    public int positions() {
        return Math.toIntExact(shape.slice(2).size());
    }

    /** The expression of PyTorch's module, in Python, for an input (N, C, *), and a mask (N, *). */
    public String module() {
        return extra.module(layer.module(this));
    }

    /** How many positions of each instance are valid: all, or more than half. */
    public int validPositions() {
        return extra.isMasked() ? positions() - positions() / 3 : positions();
    }

    /** The axis of the channels in what the layer is handed. */
    public int axis() {
        return layout == Layout.LAST_AXIS ? -1 : layout == Layout.THIRD_AXIS ? 2 : 1;
    }

    /** Whether each forward pass trains, in order; the result is taken from the last one. */
    public List<Boolean> passes() {
        if (running == Running.OFF) {
            return List.of(mode == Mode.TRAIN);
        }
        int passes = running.trainingSteps() + (mode == Mode.TRAIN ? 0 : 1);
        return IntStream.range(0, passes).mapToObj(i -> i < running.trainingSteps()).toList();
    }

    /** Whether the result is normalized with the running statistics. */
    public boolean usesRunning() {
        return running == Running.GIVEN || usesTracked();
    }

    private boolean usesTracked() {
        return running.tracked() && mode != Mode.TRAIN;
    }

    /** Whether the quantity exists in this case. */
    public boolean has(Quantity quantity) {
        if (mode == Mode.INFER) {
            return quantity == Quantity.Y;
        }
        boolean onlyGamma = extra == Extra.GAMMA_RECORDED;
        return switch (quantity) {
            case Y -> true;
            case DX -> !onlyGamma;
            case DGAMMA -> affine.scale() && isTrained();
            case DBETA -> affine.shift() && isTrained() && !onlyGamma;
            case RUNNING_MEAN, RUNNING_VAR -> running.tracked();
        };
    }

    private boolean isTrained() {
        return layer.isTrained() && running != Running.FROZEN;
    }

    /** The type that a quantity can be exact in: what it is made of is part of what limits it. */
    public DataType type(Quantity quantity) {
        DataType type = precision.of(quantity);
        return usesTracked() && precision == Precision.FLOAT64_MIXED ? DataType.FLOAT32 : type;
    }

    /** The shape of a quantity. */
    public Shape shape(Quantity quantity) {
        return quantity == Quantity.Y || quantity == Quantity.DX ? shape : new Shape(shape.get(1));
    }

    public ParityCase with(Shape other) {
        return copy(other, null, epsilon, seed);
    }

    /** Returns the case with another value on the axis that the value belongs to. */
    public ParityCase with(Enum<?> value) {
        return copy(shape, value, epsilon, seed);
    }

    /** Epsilon as it was written, which all contestants are given. */
    public double decimalEpsilon() {
        return Double.parseDouble(Float.toString(epsilon));
    }

    ParityCase withEpsilon(float other) {
        return copy(shape, null, other, seed);
    }

    ParityCase withSeed(int other) {
        return copy(shape, null, epsilon, other);
    }

    private ParityCase copy(Shape shape, Enum<?> value, float epsilon, int seed) {
        return new ParityCase(
                layer,
                shape,
                groups,
                value instanceof Mode other ? other : mode,
                value instanceof Affine other ? other : affine,
                value instanceof Running other ? other : running,
                value instanceof Precision other ? other : precision,
                value instanceof Layout other ? other : layout,
                value instanceof Distribution other ? other : distribution,
                epsilon,
                seed,
                value instanceof Extra other ? other : extra);
    }
}
