package io.github.djlnorm.parity.cases;

import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Layout;
import java.util.Collection;
import java.util.EnumSet;
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
 *       axes and each extra, the others staying plain, and the pairs where libtorch is known to
 *       fail;
 *   <li>full: each core configuration meets each <i>pair</i> of values of the axes rank, precision,
 *       layout and distribution, and each epsilon with each precision and each distribution; larger
 *       and odd shapes; each extra with other layouts, ranks, types and distributions; and the
 *       quick grid with other seeds.
 * </ul>
 */
public final class Grid {

    private static final int CHANNELS = 12;
    private static final float PLAIN_EPSILON = 1e-5f;
    private static final float TINY_EPSILON = 1e-12f;
    private static final List<Float> EPSILONS = List.of(PLAIN_EPSILON, 1e-3f, TINY_EPSILON, 0f);
    private static final Shape PLAIN = new Shape(2, CHANNELS, 5, 7);
    private static final List<Shape> RANKS =
            List.of(
                    new Shape(4, CHANNELS),
                    new Shape(3, CHANNELS, 17),
                    PLAIN,
                    new Shape(2, CHANNELS, 3, 4, 5));
    private static final Shape EMPTY = new Shape(0, CHANNELS, 5, 7);
    private static final Shape ONE_INSTANCE = new Shape(1, CHANNELS, 5, 7);
    private static final List<Shape> ODD_SHAPES =
            List.of(EMPTY, ONE_INSTANCE, new Shape(3, CHANNELS, 1, 2));
    private static final Shape LARGE = new Shape(5, CHANNELS, 33, 31);

    private static final Shape TWO_THREADS_WORK = new Shape(3, CHANNELS, 33, 31);
    private static final Set<Layout> IN_PAIRS = EnumSet.complementOf(EnumSet.of(Layout.THIRD_AXIS));

    private static final int SEEDS = 1000;
    private static final int QUICK_SEEDS = 2;

    private final Set<ParityCase> cases = new LinkedHashSet<>();

    private final int seed;

    private Grid(int seed) {
        this.seed = seed;
    }

    /** Returns the grid that takes seconds, with the seed 0. */
    public static List<ParityCase> quick() {
        return quick(0);
    }

    /**
     * Returns the grid that takes seconds.
     *
     * @param seed the seed of all random values
     * @return the cases
     */
    public static List<ParityCase> quick(int seed) {
        Grid grid = new Grid(seed);
        grid.addQuick();
        return List.copyOf(grid.cases);
    }

    private void addQuick() {
        for (ParityCase core : core()) {
            add(core);
            if (!hasAllOrNone(core)) {
                continue;
            }
            variants(core).forEach(this::add);
            for (Layout layout : List.of(Layout.CHANNELS_LAST, Layout.LAST_AXIS)) {
                add(core.with(layout).with(Distribution.LARGE_MEAN));
                add(core.with(layout).with(ONE_INSTANCE));
            }
            add(core.with(EMPTY));
            // Where an epsilon of 1e-12 differs from none.
            add(core.withEpsilon(TINY_EPSILON).with(Distribution.TINY_SPREAD));
            add(core.withEpsilon(TINY_EPSILON).with(Precision.FLOAT64));
            add(core.with(Layout.THIRD_AXIS));
            if (!repeatsTraining(core)) {
                extras(core).forEach(this::add);
                add(core.with(Extra.FORMULA_KERNEL).with(Distribution.LARGE_MEAN));
            }
        }
    }

    /** What a layer takes besides, with the plain values of all else. */
    private static Stream<ParityCase> extras(ParityCase core) {
        Stream<ParityCase> extras =
                core.layer().extras().stream()
                        .filter(extra -> extra != Extra.NONE)
                        .filter(extra -> extra != Extra.TWO_THREADS || hasAll(core))
                        .map(core::with)
                        .map(Grid::asExtraNeeds);
        Stream<ParityCase> runnings =
                core.running() == core.layer().runnings().get(0)
                        ? core.layer().moreRunnings().stream().map(core::with)
                        : Stream.empty();
        return Stream.concat(extras, runnings);
    }

    /** Two threads need work for both, and functions their axis. */
    private static ParityCase asExtraNeeds(ParityCase one) {
        if (one.extra() == Extra.TWO_THREADS) {
            return one.with(TWO_THREADS_WORK);
        }
        boolean onLastAxis = one.extra().isFunction() && one.layer().functionsAxis() < 0;
        return onLastAxis ? one.with(Layout.LAST_AXIS) : one;
    }

    /**
     * The same, with other layouts, ranks, types and distributions; but in half precision many
     * values are so near an activation's kink that rounding takes them to the other side.
     */
    private static Stream<ParityCase> variantsOfExtra(ParityCase one) {
        if (one.extra() == Extra.TWO_THREADS) {
            return Stream.of(one.with(Layout.CHANNELS_LAST));
        }
        return Stream.of(
                        Stream.of(Layout.CHANNELS_LAST, Layout.LAST_AXIS, Layout.THIRD_AXIS)
                                .map(one::with),
                        RANKS.stream().map(one::with),
                        Stream.of(Precision.FLOAT64, Precision.FLOAT16)
                                .filter(p -> p == Precision.FLOAT64 || !one.extra().isActivation())
                                .map(one::with),
                        Stream.of(Distribution.MEAN_8, Distribution.CONSTANT)
                                .filter(d -> !one.extra().isActivation())
                                .map(one::with))
                .flatMap(s -> s);
    }

    /** Returns the grid that takes minutes, with the seed 0. */
    public static List<ParityCase> full() {
        return full(0);
    }

    /**
     * Returns the grid that takes minutes.
     *
     * @param seed the seed of all random values
     * @return the cases
     */
    public static List<ParityCase> full(int seed) {
        Grid grid = new Grid(seed);
        grid.addQuick();
        for (int more = 1; more < QUICK_SEEDS; more++) {
            grid.cases.addAll(quick(seed + more));
        }
        for (ParityCase core : core()) {
            if (repeatsTraining(core) || isLikeOthers(core)) {
                continue;
            }
            variants(core).flatMap(Grid::variants).forEach(grid::add);
            ODD_SHAPES.forEach(shape -> variants(core.with(shape)).forEach(grid::add));
            grid.add(core.with(LARGE));
            extras(core).flatMap(Grid::variantsOfExtra).forEach(grid::add);
        }
        for (int channels : new int[] {1, 7, 64}) {
            Shape shape = new Shape(2, channels, 9, 6);
            for (ParityCase core : core(shape)) {
                variants(core).forEach(grid::add);
            }
        }
        return List.copyOf(grid.cases);
    }

    /** Evaluation without running statistics does what training does, which one case each shows. */
    private static boolean repeatsTraining(ParityCase one) {
        return one.mode() == Mode.EVAL && !one.running().tracked();
    }

    /** Scale, shift and moving statistics of SyncBatchNorm are those of the other layers. */
    private static boolean isLikeOthers(ParityCase one) {
        return one.layer().joinsInstances()
                && !(hasAllOrNone(one) && one.running() == one.layer().runnings().get(0));
    }

    private static boolean hasAllOrNone(ParityCase one) {
        return hasAll(one) || one.affine() == Affine.NONE;
    }

    private static boolean hasAll(ParityCase one) {
        return one.affine() == one.layer().affines().get(0);
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
                                Precision.IN_GRID, IN_PAIRS, List.of(Distribution.values()))
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

    private void add(ParityCase ofSeedZero) {
        ParityCase one = ofSeedZero.withSeed(seed * SEEDS + ownSeed(ofSeedZero));
        if (Feasibility.objection(one).isEmpty()) {
            cases.add(one);
        }
    }

    /**
     * A seed by the case's name, so that cases that differ only in what changes nothing in the
     * arithmetic do not compare the same numbers twice.
     */
    private static int ownSeed(ParityCase c) {
        return Math.floorMod(c.name().hashCode(), SEEDS);
    }
}
