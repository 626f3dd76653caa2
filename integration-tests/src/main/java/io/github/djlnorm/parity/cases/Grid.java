package io.github.djlnorm.parity.cases;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Layout;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which cases there are.
 *
 * <p>All values of all axes with one another would be some 200,000 cases that mostly repeat each
 * other. A fault of a layer shows in one value of one axis, or in two that meet. So the axes that
 * choose what is computed, the <i>core</i>, are taken fully: layer, every divisor of the channel
 * count, mode, parameters, running statistics. The axes that say on what it is computed go on top:
 *
 * <ul>
 *   <li>quick: each core configuration with all or no parameters meets each value of each of these
 *       axes, the others staying plain, and the pairs where libtorch is known to fail: 1,090 cases;
 *   <li>full: each core configuration meets each <i>pair</i> of values of the axes rank, precision,
 *       layout and distribution, and each epsilon with each precision and each distribution; and
 *       larger and odd shapes: 21,372 cases.
 * </ul>
 */
public final class Grid {

    private static final int CHANNELS = 12;
    private static final float PLAIN_EPSILON = 1e-5f;
    private static final List<Float> EPSILONS = List.of(PLAIN_EPSILON, 1e-3f, 1e-12f, 0f);
    private static final Shape PLAIN = new Shape(2, CHANNELS, 5, 7);
    private static final List<Shape> RANKS =
            List.of(
                    new Shape(4, CHANNELS),
                    new Shape(3, CHANNELS, 17),
                    PLAIN,
                    new Shape(2, CHANNELS, 3, 4, 5));
    private static final List<Shape> ODD_SHAPES =
            List.of(
                    new Shape(0, CHANNELS, 5, 7),
                    new Shape(1, CHANNELS, 5, 7),
                    new Shape(3, CHANNELS, 1, 2));
    private static final Shape LARGE = new Shape(5, CHANNELS, 33, 31);

    private final Set<ParityCase> cases = new LinkedHashSet<>();

    private Grid() {}

    /**
     * Returns the grid that takes seconds.
     *
     * @return the cases
     */
    public static List<ParityCase> quick() {
        Grid grid = new Grid();
        for (ParityCase core : core()) {
            grid.add(core);
            if (!hasAllOrNone(core)) {
                continue;
            }
            variants(core).forEach(grid::add);
            for (Layout layout : List.of(Layout.CHANNELS_LAST, Layout.LAST_AXIS)) {
                grid.add(core.with(layout).with(Distribution.LARGE_MEAN));
            }
            grid.add(core.with(ODD_SHAPES.get(0)));
        }
        return List.copyOf(grid.cases);
    }

    /**
     * Returns the grid that takes minutes.
     *
     * @return the cases
     */
    public static List<ParityCase> full() {
        Grid grid = new Grid();
        quick().forEach(grid::add);
        for (ParityCase core : core()) {
            variants(core).flatMap(Grid::variants).forEach(grid::add);
            ODD_SHAPES.forEach(shape -> variants(core.with(shape)).forEach(grid::add));
            grid.add(core.with(LARGE));
        }
        for (int channels : new int[] {1, 7, 64}) {
            Shape shape = new Shape(2, channels, 9, 6);
            for (ParityCase core : core(shape)) {
                variants(core).forEach(grid::add);
            }
        }
        return List.copyOf(grid.cases);
    }

    private static boolean hasAllOrNone(ParityCase one) {
        return one.affine() == one.layer().affines().get(0) || one.affine() == Affine.NONE;
    }

    private static List<ParityCase> core() {
        return core(PLAIN);
    }

    private static List<ParityCase> core(Shape shape) {
        int channels = Math.toIntExact(shape.get(1));
        return Stream.of(Layer.values())
                .flatMap(
                        layer ->
                                layer.groupCounts(channels)
                                        .mapToObj(groups -> ParityCase.of(layer, shape, groups)))
                .flatMap(one -> one.layer().runnings().stream().map(one::with))
                .flatMap(one -> Stream.of(Mode.values()).map(one::with))
                .flatMap(one -> one.layer().affines().stream().map(one::with))
                .toList();
    }

    /** A case with each value of each axis in turn. */
    private static Stream<ParityCase> variants(ParityCase one) {
        Stream<ParityCase> ranks =
                one.shape().equals(PLAIN) ? RANKS.stream().map(one::with) : Stream.of(one);
        Stream<ParityCase> enums =
                Stream.<Collection<? extends Enum<?>>>of(
                                Precision.IN_GRID,
                                List.of(Layout.values()),
                                List.of(Distribution.values()))
                        .flatMap(Collection::stream)
                        .map(
                                value ->
                                        value == Layout.UNBATCHED
                                                ? one.with(value)
                                                        .with(
                                                                new Shape(1)
                                                                        .addAll(
                                                                                one.shape()
                                                                                        .slice(1)))
                                                : one.with(value));
        Stream<ParityCase> epsilons = EPSILONS.stream().map(one::withEpsilon);
        return Stream.of(ranks, enums, epsilons).flatMap(s -> s);
    }

    private void add(ParityCase one) {
        if (isPossible(one)) {
            cases.add(one);
        }
    }

    /**
     * Not what no layer can do: keep a variance that its type cannot hold, or divide by a deviation
     * of zero.
     */
    private static boolean isPossible(ParityCase one) {
        boolean instanceNorm = one.layer() == Layer.INSTANCE_NORM;
        if (one.layout() == Layout.UNBATCHED) {
            return instanceNorm && one.instances() == 1 && one.shape().dimension() > 2;
        }
        if (instanceNorm && one.shape().dimension() < 3) {
            return false;
        }
        if (one.distribution() == Distribution.LARGE_MAGNITUDE
                && one.precision().input() != DataType.FLOAT16
                && one.running().tracked()) {
            return false;
        }
        boolean zeroVariance =
                one.layer().centers()
                        && (one.distribution() == Distribution.CONSTANT
                                || one.layer().sharing(one).size() == 1);
        return !(zeroVariance && one.epsilon() < PLAIN_EPSILON && !one.usesRunning());
    }
}
