package io.github.djlnorm.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final Result MARKED =
            new Result(
                    new Row(
                            Comparison.GROUP_NORM,
                            Aim.on("8x64x32x32/32/channels-last").atMost(1.1).page()),
                    ResultTest.values(120, 110, 130),
                    ResultTest.values(100, 100, 100));
    private static final Result OTHER =
            new Result(
                    new Row(Comparison.FIRST_LAYER, Aim.on("8x64x32x32/32").within(10)),
                    ResultTest.values(9000),
                    ResultTest.values(4000));

    @TempDir private Path folder;

    @Test
    void tableHasALineForEachResult() {
        assertThat(
                        ResultTable.of(List.of(MARKED, OTHER))
                                .lines()
                                .map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "ours / other input/groups unit ours other ratio lowest..highest target our"
                                + " kernel calls before",
                        "group-norm forward / libtorch-group-norm 8x64x32x32/32/channels-last us"
                                + " 120 100 1.20 1.10..1.30 <=1.10 missed CpuKernel 15000",
                        "group-norm first call / libtorch-group-norm 8x64x32x32/32 ms"
                                + " 9.00 4.00 2.25 2.25..2.25 <=10 ms met CpuKernel 15000");
    }

    @Test
    void columnsOfAllRowsAreAligned() {
        List<Result> all =
                Comparison.allRows()
                        .map(row -> new Result(row, ResultTest.values(1), ResultTest.values(1)))
                        .toList();

        List<String> lines = ResultTable.of(all).lines().toList();

        assertThat(lines)
                .hasSize(all.size() + 1)
                .allSatisfy(line -> assertThat(line).hasSameSizeAs(lines.get(0)));
        assertThat(lines.subList(1, lines.size()).stream().map(line -> line.indexOf("CpuKernel")))
                .containsOnly(lines.get(0).indexOf("our kernel"));
    }

    @Test
    void csvHasTheFullFigures() {
        assertThat(CsvTable.of(List.of(MARKED, OTHER)).lines().skip(1))
                .containsExactly(
                        "layers-in-inference,group-norm,libtorch-group-norm,forward,8x64x32x32,32,"
                                + "channels-last,us,120.0,100.0,1.2,1.1,1.3,3,1.1,ratio,missed,"
                                + "CpuKernel,15000,true",
                        "first-calls,group-norm,libtorch-group-norm,first call,8x64x32x32,32,"
                                + "contiguous,ms,9.0,4.0,2.25,2.25,2.25,1,10.0,ours,met,"
                                + "CpuKernel,15000,false");
    }

    @Test
    void pageHasTheMarkedRowsOrAllWhereNoneIs() {
        assertThat(Report.page(List.of(OTHER, MARKED))).containsExactly(MARKED);
        assertThat(Report.page(List.of(OTHER, OTHER))).containsExactly(OTHER, OTHER);
    }

    @Test
    void reportTellsTheMachineAndWhatIsLeftOut() throws IOException {
        String text =
                Report.write(
                        List.of(MARKED, OTHER), "a machine", List.of("left out: this"), folder);

        assertThat(text)
                .startsWith("a machine\n")
                .contains("missed", "left out: this", "1 of 2 rows")
                .doesNotContain("first call");
        assertThat(folder.resolve("benchmark.txt")).isNotEmptyFile();
        assertThat(folder.resolve("benchmark.csv")).content().contains("first call");
        assertThat(folder.resolve("benchmark.png")).isNotEmptyFile();
        assertThat(folder.resolve("machine.txt")).hasContent("a machine");
    }
}
