package io.github.djlnorm.parity.implementations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.cases.Affine;
import io.github.djlnorm.parity.cases.CaseData;
import io.github.djlnorm.parity.cases.Distribution;
import io.github.djlnorm.parity.cases.Grid;
import io.github.djlnorm.parity.cases.KnownFault;
import io.github.djlnorm.parity.cases.Layer;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Precision;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.verdict.Cell;
import io.github.djlnorm.parity.verdict.Investigation;
import io.github.djlnorm.parity.verdict.Judge;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The truth is checked by others: arithmetic of any precision, and libtorch in double. */
class Float64FormulaTest {

    private static final MathContext DIGITS = new MathContext(60);
    private static final ParityCase PLAIN =
            ParityCase.of(Layer.GROUP_NORM, new Shape(2, 12, 5, 7), 4).with(Precision.FLOAT64);

    private final Float64Formula formula = new Float64Formula();

    @Test
    void outputIsExactEvenWithLargeMean() {
        ParityCase one = PLAIN.with(Distribution.LARGE_MEAN).with(Affine.NONE);
        double[] x = new CaseData(one).x(0);
        int size = 3 * 35;

        double[] y = formula.expect(one).values().get(Quantity.Y);

        BigDecimal mean = BigDecimal.ZERO;
        for (int i = 0; i < size; i++) {
            mean = mean.add(new BigDecimal(x[i]));
        }
        mean = mean.divide(BigDecimal.valueOf(size), DIGITS);
        BigDecimal squares = BigDecimal.ZERO;
        for (int i = 0; i < size; i++) {
            squares = squares.add(new BigDecimal(x[i]).subtract(mean).pow(2));
        }
        BigDecimal deviation =
                squares.divide(BigDecimal.valueOf(size), DIGITS)
                        .add(new BigDecimal(Float.toString(one.epsilon())))
                        .sqrt(DIGITS);
        for (int i = 0; i < size; i++) {
            double exact =
                    new BigDecimal(x[i]).subtract(mean).divide(deviation, DIGITS).doubleValue();
            assertThat(y[i]).isCloseTo(exact, within(2 * Math.ulp(2.0)));
        }
    }

    @Test
    void agreesWithLibtorchInDoublePrecisionInEveryQuantity() {
        LibtorchOperators libtorch = new LibtorchOperators();
        List<ParityCase> cases =
                Grid.quick().stream()
                        .filter(c -> c.precision() == Precision.FLOAT64)
                        .filter(c -> KnownFault.of(c).isEmpty())
                        .toList();
        Investigation investigation = new Investigation();
        List<Cell> cells =
                cases.stream()
                        .map(c -> investigation.of(c, libtorch.run(List.of(c)).get(0), Map.of()))
                        .flatMap(evidence -> Judge.judge(evidence).stream())
                        .toList();

        assertThat(cells).isNotEmpty();
        assertThat(cells)
                .allSatisfy(cell -> assertThat(cell.ourUlp()).as("%s", cell).isLessThan(8));
    }
}
