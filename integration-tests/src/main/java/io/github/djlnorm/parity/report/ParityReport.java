package io.github.djlnorm.parity.report;

import io.github.djlnorm.parity.implementations.BorderlineConfiguration;
import io.github.djlnorm.parity.verdict.Cell;
import java.util.List;
import java.util.stream.Stream;

/**
 * All that was found out.
 *
 * @param grid the name of the grid
 * @param cells the verdicts
 * @param refusals what was rejected
 * @param references what we were compared with
 * @param notes what a reader has to know, such as what was left out
 * @param cases how many cases there were
 * @param seconds how long it took
 */
public record ParityReport(
        String grid,
        List<Cell> cells,
        List<BorderlineConfiguration.Answer> refusals,
        List<String> references,
        List<String> notes,
        int cases,
        double seconds) {

    public boolean passed() {
        return failures().findAny().isEmpty()
                && refusals.stream().allMatch(BorderlineConfiguration.Answer::passed);
    }

    Stream<Cell> failures() {
        return cells.stream().filter(cell -> !cell.passed());
    }

    /** The command that shows everything about a cell's case. */
    static String command(Cell cell) {
        return "mvn -q -pl integration-tests -am compile exec:java -Dexec.args=\"--case "
                + cell.parityCase().name()
                + "\"";
    }
}
