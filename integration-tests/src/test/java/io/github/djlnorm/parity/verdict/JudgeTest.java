package io.github.djlnorm.parity.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.arrays.Ulp;
import io.github.djlnorm.parity.cases.Distribution;
import io.github.djlnorm.parity.cases.KnownFault;
import io.github.djlnorm.parity.cases.Layer;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.implementations.Float64Formula;
import io.github.djlnorm.parity.implementations.LibtorchOperators;
import io.github.djlnorm.parity.implementations.Outcome;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JudgeTest {

    private static final ParityCase PLAIN =
            ParityCase.of(Layer.GROUP_NORM, new Shape(2, 12, 5, 7), 4);

    private final LibtorchOperators libtorch = new LibtorchOperators();
    private final Investigation investigation = new Investigation();

    @Test
    void libtorchIsAsGoodAsItself() {
        Outcome theirs = libtorch.run(List.of(PLAIN)).get(0);

        assertThat(judge(PLAIN, theirs, theirs)).hasSize(4).allMatch(Cell::passed);
    }

    @Test
    void oneElementTenUlpOffIsFoundAndNamed() {
        Outcome theirs = libtorch.run(List.of(PLAIN)).get(0);
        Map<Quantity, double[]> values = new EnumMap<>(theirs.values());
        double[] dx = values.get(Quantity.DX).clone();
        double scale = new Float64Formula().expect(PLAIN).scales().get(Quantity.DX)[17];
        dx[17] += 10 * Ulp.of(DataType.FLOAT32, scale);
        values.put(Quantity.DX, dx);

        List<Cell> failures =
                judge(PLAIN, Outcome.of(values), theirs).stream()
                        .filter(cell -> !cell.passed())
                        .toList();

        assertThat(failures).hasSize(1);
        assertThat(failures.get(0).quantity()).isEqualTo(Quantity.DX);
        assertThat(failures.get(0).ours().index()).isEqualTo(17);
        assertThat(failures.get(0).failure()).contains("ULP off, allowed");
    }

    @Test
    void refusalFailsWithItsReason() {
        Outcome theirs = libtorch.run(List.of(PLAIN)).get(0);

        assertThat(judge(PLAIN, Outcome.refused("no memory"), theirs))
                .allMatch(cell -> "refused: no memory".equals(cell.failure()));
    }

    @Test
    void faultOfLibtorchThatIsNotKnownFails() {
        Outcome ours = libtorch.run(List.of(PLAIN)).get(0);

        assertThat(judge(PLAIN, ours, Outcome.refused("broken")))
                .allMatch(cell -> cell.failure().contains("fails for no known reason: broken"));
    }

    @Test
    void whatAReferenceDoesNotHaveIsNoMeasure() {
        Outcome ours = libtorch.run(List.of(PLAIN)).get(0);

        assertThat(judge(PLAIN, ours, Outcome.leftOut()))
                .allMatch(cell -> cell.passed() && cell.references().isEmpty());
    }

    @Test
    void whereLibtorchIsWrongItsHealthyTwinIsTheMeasure() {
        ParityCase wrong = PLAIN.with(Layout.CHANNELS_LAST).with(Distribution.LARGE_MEAN);
        Outcome theirs = libtorch.run(List.of(wrong)).get(0);

        List<Cell> cells = judge(wrong, theirs, theirs);

        assertThat(cells).allMatch(c -> c.fault().equals(KnownFault.of(wrong)));
        assertThat(cells.get(0).passed()).isFalse();
    }

    private List<Cell> judge(ParityCase one, Outcome ours, Outcome theirs) {
        return Judge.judge(
                investigation
                        .of(List.of(one), List.of(ours), Map.of(libtorch, List.of(theirs)))
                        .get(0));
    }
}
