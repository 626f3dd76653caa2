package io.github.djlnorm.parity.verdict;

import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.cases.Distribution;
import io.github.djlnorm.parity.cases.Extra;
import io.github.djlnorm.parity.cases.Feasibility;
import io.github.djlnorm.parity.cases.Layer;
import io.github.djlnorm.parity.cases.Mode;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Precision;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Cases of any shape up to rank 6, and of any value of every other axis that goes with it. */
final class RandomCases {

    private static final List<Layer> LAYERS =
            List.of(
                    Layer.GROUP_NORM,
                    Layer.INSTANCE_NORM,
                    Layer.LAYER_NORM,
                    Layer.RMS_NORM,
                    Layer.FROZEN_BATCH_NORM);
    private static final int MOST_SPATIAL_AXES = 4;
    private static final int MOST_VALUES = 1 << 14;
    private static final int SEEDS = 1000;

    private RandomCases() {}

    static Arbitrary<ParityCase> any() {
        Arbitrary<ParityCase> plain =
                Combinators.combine(Arbitraries.of(LAYERS), shapes())
                        .as(Plain::new)
                        .flatMap(Plain::grouped);
        Arbitrary<ParityCase> chosen =
                Combinators.combine(
                                plain.flatMap(c -> Arbitraries.of(c.layer().affines()).map(c::with))
                                        .flatMap(
                                                c ->
                                                        Arbitraries.of(c.layer().runnings())
                                                                .map(c::with)),
                                Arbitraries.of(Mode.class),
                                Arbitraries.of(
                                        List.of(
                                                Precision.FLOAT32,
                                                Precision.FLOAT64,
                                                Precision.FLOAT16,
                                                Precision.FLOAT16_MIXED,
                                                Precision.FLOAT64_MIXED)),
                                Arbitraries.of(Layout.class),
                                Arbitraries.of(Distribution.class))
                        .as(
                                (c, mode, precision, layout, distribution) ->
                                        c.with(mode)
                                                .with(precision)
                                                .with(layout)
                                                .with(distribution));
        return Combinators.combine(
                        chosen,
                        Arbitraries.of(1e-5f, 1e-3f, 1e-12f, 0f),
                        Arbitraries.integers().between(0, SEEDS - 1))
                .as(RandomCases::with)
                .filter(10_000, c -> Feasibility.objection(c).isEmpty());
    }

    private static ParityCase with(ParityCase c, float epsilon, int seed) {
        return new ParityCase(
                c.layer(),
                c.shape(),
                c.groups(),
                c.mode(),
                c.affine(),
                c.running(),
                c.precision(),
                c.layout(),
                c.distribution(),
                epsilon,
                seed,
                Extra.NONE);
    }

    private static Arbitrary<Shape> shapes() {
        return Combinators.combine(
                        Arbitraries.longs().between(1, 4),
                        Arbitraries.longs().between(1, 24),
                        Arbitraries.longs()
                                .between(1, 12)
                                .list()
                                .ofMaxSize(MOST_SPATIAL_AXES)
                                .map(axes -> axes.stream().mapToLong(Long::longValue).toArray()))
                .as((n, c, spatial) -> new Shape(n, c).addAll(new Shape(spatial)))
                .filter(10_000, shape -> shape.size() <= MOST_VALUES);
    }

    private record Plain(Layer layer, Shape shape) {

        Arbitrary<ParityCase> grouped() {
            List<Integer> counts =
                    layer.groupCounts(Math.toIntExact(shape.get(1))).boxed().toList();
            return Arbitraries.of(counts).map(groups -> ParityCase.of(layer, shape, groups));
        }
    }
}
