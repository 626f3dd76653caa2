package io.github.djlnorm.samples.style;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.plot.Spread;
import io.github.djlnorm.samples.style.LossReport.Losses;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StylizeSummaryTest {

    @Test
    void theSummaryIsThatOfTheLastQuarterOverSeeds() {
        StylizeSummary summary =
                new StylizeSummary(
                        List.of(
                                new StylizeResult(Norm.batch(), 1, curve(9, 4, 6)),
                                new StylizeResult(Norm.batch(), 2, curve(5, 2, 4)),
                                new StylizeResult(Norm.instance(), 1, curve(7, 1, 1))));
        // The means 5 and 3, whose deviation is the root of 2 * 1 * 1 / (2 - 1).
        Spread end = summary.end(Norm.batch(), LossReport::test, Losses::total);
        assertThat(end.mean()).isEqualTo(4);
        assertThat(end.deviation()).isEqualTo(Math.sqrt(2));
        assertThat(summary.lines())
                .contains(
                        "at the end                   loss         content           style",
                        "batch      test    4.0000 \u00b11.4142  0.0000 \u00b10.0000"
                                + "  4.0000 \u00b11.4142");
        assertThat(summary.csv())
                .contains(
                        "batch,test,loss,4.000000,1.414214,2",
                        "instance,test,style,1.000000,0.000000,1");
        assertThat(summary.mean(Norm.batch()))
                .extracting(report -> report.test().total())
                .containsExactly(7.0, 3.0, 5.0);
        assertThat(summary.curvesCsv())
                .contains(
                        "norm,seed,step,images,content,style,loss", "batch,2,85,test,0.0,2.0,2.0");
    }

    /** Of a hundred steps, the reports on which are more than 75 count for the end. */
    private static List<LossReport> curve(double... losses) {
        int[] steps = {70, 85, 100};
        return IntStream.range(0, steps.length)
                .mapToObj(i -> new LossReport(steps[i], losses(2 * losses[i]), losses(losses[i])))
                .toList();
    }

    private static Losses losses(double style) {
        return new Losses(0, style, style);
    }
}
