package io.github.djlnorm.parity.report;

import io.github.djlnorm.parity.implementations.BorderlineConfiguration;
import io.github.djlnorm.parity.verdict.Cell;
import io.github.djlnorm.parity.verdict.Tally;
import java.util.List;
import java.util.stream.Stream;

/**
 * All that was found out.
 *
 * @param grid what the grid is called, with its seed
 * @param cells the verdicts
 * @param borderline what was rejected and accepted
 * @param tallies what we were compared with, and how often
 * @param notes what a reader has to know, such as what was left out
 * @param cases how many cases there were
 * @param seconds how long it took
 * @param origin where, when and how
 */
public record ParityReport(
        String grid,
        List<Cell> cells,
        List<BorderlineConfiguration.Answer> borderline,
        List<Tally> tallies,
        List<String> notes,
        int cases,
        double seconds,
        Origin origin) {

    /** Whether nothing failed, and every truth was heard on all that it was asked. */
    public boolean passed() {
        return failed() == 0 && tallies.stream().allMatch(Tally::isComplete);
    }

    /** How many cells and borderline configurations failed. */
    long failed() {
        return failures().count() + borderline.stream().filter(answer -> !answer.passed()).count();
    }

    Stream<Cell> failures() {
        return cells.stream().filter(cell -> !cell.passed());
    }

    List<String> references() {
        return tallies.stream().map(Tally::truth).toList();
    }

    /** The command that shows everything about a cell's case. */
    String command(Cell cell) {
        return origin.command("--case", cell.parityCase().name());
    }
}
