package io.github.djlnorm.parity.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.arrays.Ulp;
import io.github.djlnorm.parity.cases.Affine;
import io.github.djlnorm.parity.cases.Distribution;
import io.github.djlnorm.parity.cases.KnownFault;
import io.github.djlnorm.parity.cases.Layer;
import io.github.djlnorm.parity.cases.Mode;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.implementations.BlockRunner;
import io.github.djlnorm.parity.implementations.Float64Formula;
import io.github.djlnorm.parity.implementations.LibtorchOperators;
import io.github.djlnorm.parity.implementations.Outcome;
import io.github.djlnorm.parity.verdict.Cell.Content;
import java.util.Arrays;
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
    void aReferenceThatIsSilentFails() {
        Outcome ours = libtorch.run(List.of(PLAIN)).get(0);

        assertThat(judge(PLAIN, ours, Outcome.of(Map.of())))
                .allSatisfy(
                        cell ->
                                assertThat(cell.failure())
                                        .matches("libtorch fails .* no result for \\w+"));
    }

    @Test
    void aReferenceThatIsSilentWhereItIsWrongFailsToo() {
        ParityCase wrong = PLAIN.with(Affine.SHIFT);
        Outcome ours = libtorch.run(List.of(PLAIN.with(Affine.NONE))).get(0);

        assertThat(judge(wrong, ours, Outcome.of(Map.of()))).noneMatch(Cell::passed);
    }

    @Test
    void aResultOfAnotherSizeFails() {
        Outcome theirs = libtorch.run(List.of(PLAIN)).get(0);
        Map<Quantity, double[]> values = new EnumMap<>(theirs.values());
        values.put(Quantity.Y, new double[3]);

        assertThat(judge(PLAIN, Outcome.of(values), theirs).get(0).failure())
                .isEqualTo("3 values are not those of y");
    }

    @Test
    void anUnknownFaultIsNoLicence() {
        Outcome right = libtorch.run(List.of(PLAIN)).get(0);
        Outcome wrong = scaled(right, Quantity.DX, 2);

        assertThat(judge(PLAIN, wrong, wrong))
                .filteredOn(cell -> !cell.passed())
                .singleElement()
                .satisfies(
                        cell ->
                                assertThat(cell.failure())
                                        .startsWith("libtorch fails for no known reason"));
    }

    @Test
    void aKnownFaultIsNoLicence() {
        ParityCase oneInstance =
                ParityCase.of(Layer.INSTANCE_NORM, new Shape(1, 12, 5, 7), 12)
                        .with(Layout.CHANNELS_LAST);
        Outcome theirs = libtorch.run(List.of(oneInstance)).get(0);
        Outcome ours = BlockRunner.ofLibrary().run(List.of(oneInstance)).get(0);

        assertThat(judge(oneInstance, ours, theirs)).allMatch(Cell::passed);
        assertThat(judge(oneInstance, scaled(ours, Quantity.DX, 2), theirs))
                .filteredOn(cell -> !cell.passed())
                .extracting(Cell::quantity)
                .containsExactly(Quantity.DX);
    }

    @Test
    void cellsThatCompareNothingAreNotCountedAsValues() {
        ParityCase empty = PLAIN.with(new Shape(0, 12, 5, 7));
        ParityCase constant = PLAIN.with(Distribution.CONSTANT).with(Affine.NONE);
        ParityCase nan =
                ParityCase.of(Layer.GROUP_NORM, new Shape(1, 12, 5, 7), 1)
                        .with(Distribution.NAN_INSTANCE);

        assertThat(content(empty)).containsExactly(Content.NOTHING);
        assertThat(content(constant)).containsExactly(Content.ZEROS);
        assertThat(content(nan)).containsExactly(Content.NOT_FINITE);
        assertThat(content(PLAIN)).containsExactly(Content.VALUES);
    }

    private List<Content> content(ParityCase one) {
        Outcome theirs = libtorch.run(List.of(one)).get(0);
        return judge(one, theirs, theirs).stream()
                .filter(cell -> cell.quantity() == Quantity.Y)
                .map(Cell::content)
                .toList();
    }

    @Test
    void cellsOfTheSameNumbersShareAFingerprint() {
        Outcome outcome = libtorch.run(List.of(PLAIN)).get(0);
        long first = judge(PLAIN, outcome, outcome).get(0).fingerprint();

        assertThat(judge(PLAIN.with(Mode.EVAL), outcome, outcome).get(0).fingerprint())
                .isEqualTo(first);
        assertThat(judge(PLAIN, scaled(outcome, Quantity.Y, 2), outcome).get(0).fingerprint())
                .isNotEqualTo(first);
    }

    private static Outcome scaled(Outcome outcome, Quantity quantity, double factor) {
        Map<Quantity, double[]> values = new EnumMap<>(outcome.values());
        values.computeIfPresent(
                quantity, (q, array) -> Arrays.stream(array).map(v -> v * factor).toArray());
        return Outcome.of(values);
    }

    @Test
    void whereLibtorchIsWrongItsHealthyTwinIsTheMeasure() {
        ParityCase wrong = PLAIN.with(Layout.CHANNELS_LAST).with(Distribution.LARGE_MEAN);
        Outcome theirs = libtorch.run(List.of(wrong)).get(0);

        List<Cell> cells = judge(wrong, theirs, theirs);

        assertThat(cells).allMatch(c -> c.faults().equals(KnownFault.of(wrong)));
        assertThat(cells.get(0).passed()).isFalse();
    }

    private List<Cell> judge(ParityCase one, Outcome ours, Outcome theirs) {
        return Judge.judge(investigation.of(one, ours, Map.of(libtorch.name(), theirs)));
    }
}
