package io.github.djlnorm.parity.verdict;

import io.github.djlnorm.parity.cases.KnownFault;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.implementations.Implementation;
import java.util.Arrays;
import java.util.List;

/**
 * Whether a truth was heard: how many comparisons with it were planned, counted before anything
 * ran, and what became of them.
 *
 * @param truth the reference's name
 * @param planned the quantities of the cases that it computes
 * @param compared the cells that were compared with it
 * @param refused the cells that it refuses by a known fault
 */
public record Tally(String truth, long planned, long compared, long refused) {

    /** Counts what there should be, from the cases, and what there is, in the cells. */
    static Tally of(Implementation reference, List<ParityCase> cases, List<Cell> cells) {
        String name = reference.name();
        long planned =
                cases.stream()
                        .filter(reference::computes)
                        .mapToLong(c -> Arrays.stream(Quantity.values()).filter(c::has).count())
                        .sum();
        long compared = cells.stream().filter(c -> c.references().containsKey(name)).count();
        long refused =
                cells.stream()
                        .filter(c -> reference.computes(c.parityCase()))
                        .filter(c -> !c.references().containsKey(name))
                        .filter(c -> c.faults().stream().anyMatch(KnownFault::refuses))
                        .count();
        return new Tally(name, planned, compared, refused);
    }

    public boolean isComplete() {
        return compared > 0 && planned == compared + refused;
    }

    @Override
    public String toString() {
        String all = isComplete() ? "all" : "ONLY %,d of".formatted(compared);
        String unless = refused == 0 ? "" : ", but for %,d that it refuses".formatted(refused);
        return "%s: %s %,d planned comparisons made%s".formatted(truth, all, planned, unless);
    }
}
