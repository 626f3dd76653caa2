package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final List<Result> RESULTS =
            List.of(
                    new Result(
                            Comparison.GROUP_NORM.rows(Size.DEFAULT).get(0),
                            List.of(120.0, 110.0, 130.0),
                            List.of(100.0, 100.0, 100.0)),
                    new Result(
                            Comparison.COPY.rows(Size.DEFAULT).get(0),
                            List.of(120.0),
                            List.of(24.0)));

    @TempDir private Path folder;

    @Test
    void tableHasALineForEachResult() {
        assertThat(ResultTable.of(RESULTS).lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "ours / other input groups unit ours other ratio lowest..highest target",
                        "group-norm forward / libtorch-group-norm 8x64x32x32 32 us 120 100 1.20"
                                + " 1.10..1.30 <=1.10 missed",
                        "group-norm forward / copy 8x64x32x32 32 us 120 24.0 5.00 5.00..5.00 - -");
    }

    @Test
    void columnsOfTheTableAreAligned() {
        assertThat(ResultTable.of(RESULTS).lines().skip(1).map(line -> line.indexOf("8x64")))
                .containsOnly(69);
    }

    @Test
    void csvHasTheFullFigures() {
        assertThat(CsvTable.of(RESULTS).lines().skip(1))
                .containsExactly(
                        "group-norm,libtorch-group-norm,forward,8x64x32x32,32,us,120.0,100.0,"
                                + "1.2,1.1,1.3,3,1.1,missed",
                        "group-norm,copy,forward,8x64x32x32,32,us,120.0,24.0,5.0,5.0,5.0,1,,-");
    }

    @Test
    void reportTellsTheMachineAndWhatIsLeftOut() throws IOException {
        String text = Report.write(RESULTS, "a machine", List.of("left out: this"), folder);

        assertThat(text).startsWith("a machine\n").contains("missed", "left out: this");
        assertThat(folder.resolve("benchmark.txt")).isNotEmptyFile();
        assertThat(folder.resolve("benchmark.csv")).isNotEmptyFile();
        assertThat(folder.resolve("benchmark.png")).isNotEmptyFile();
        assertThat(folder.resolve("machine.txt")).hasContent("a machine");
    }
}
