package io.github.djlnorm.parity.cases;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Layout;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GridTest {

    @Test
    void fullGridHasTenThousandCasesAndTheQuickOnes() {
        assertThat(Grid.full()).hasSizeGreaterThan(10_000).containsAll(Grid.quick());
        assertThat(Grid.full()).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void quickGridHasEveryValueOfEachLayer(Layer layer) {
        List<ParityCase> quick = Grid.quick().stream().filter(one -> one.layer() == layer).toList();

        assertHas(quick, ParityCase::mode, List.of(Mode.values()));
        assertHas(quick, ParityCase::affine, layer.affines());
        assertHas(quick, ParityCase::running, layer.runnings());
        assertHas(quick, ParityCase::running, layer.moreRunnings());
        assertHas(quick, ParityCase::extra, layer.extras());
        assertHas(quick, ParityCase::precision, List.copyOf(Precision.IN_GRID));
        assertHas(quick, ParityCase::distribution, distributions(layer));
        assertHas(quick, c -> c.shape().dimension(), List.of(3, 4, 5));
        assertHas(
                quick,
                ParityCase::layout,
                List.of(
                        Layout.CONTIGUOUS,
                        Layout.CHANNELS_LAST,
                        Layout.TRANSPOSED,
                        Layout.SLICE,
                        Layout.LAST_AXIS,
                        Layout.THIRD_AXIS));
    }

    private static List<Distribution> distributions(Layer layer) {
        ParityCase plain = ParityCase.of(layer, new Shape(2, 12, 5, 7), 12);
        return Stream.of(Distribution.values())
                .filter(distribution -> Feasibility.objection(plain.with(distribution)).isEmpty())
                .toList();
    }

    @Test
    void quickGridHasEveryValueOfEveryAxis() {
        List<ParityCase> quick = Grid.quick();

        assertHas(quick, ParityCase::layer, List.of(Layer.values()));
        assertHas(quick, ParityCase::mode, List.of(Mode.values()));
        assertHas(quick, ParityCase::affine, List.of(Affine.values()));
        assertHas(quick, ParityCase::running, List.of(Running.values()));
        assertHas(quick, ParityCase::precision, List.copyOf(Precision.IN_GRID));
        assertHas(quick, ParityCase::layout, List.of(Layout.values()));
        assertHas(quick, ParityCase::extra, List.of(Extra.values()));
        assertHas(quick, ParityCase::distribution, List.of(Distribution.values()));
        assertHas(quick, c -> c.shape().dimension(), List.of(2, 3, 4, 5));
        assertHas(quick, ParityCase::groups, List.of(1, 2, 3, 4, 6, 12));
    }

    private static <T> void assertHas(
            List<ParityCase> cases, Function<ParityCase, T> axis, Collection<T> values) {
        assertThat(cases.stream().map(axis).distinct().toList()).containsAll(values);
    }
}
