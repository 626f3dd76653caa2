package io.github.djlnorm.parity.verdict;

import ai.djl.ndarray.types.DataType;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.cases.KnownFault;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.implementations.Expected;
import io.github.djlnorm.parity.implementations.Float64Formula;
import io.github.djlnorm.parity.implementations.Implementation;
import io.github.djlnorm.parity.implementations.LibtorchOperators;
import io.github.djlnorm.parity.implementations.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Passes sentence: a quantity is good when its largest error against the exact values is at most
 * PyTorch's own on the same input, plus {@value #SLACK} ULP.
 *
 * <p>PyTorch's own error is the smaller of the references': libtorch in this process and real
 * PyTorch modules, if they run. An input that does not lie in order is also allowed libtorch's
 * error on the same numbers in order, since a copy in order is what our layers work on. Where
 * libtorch is known to be wrong the error on the healthy twin stands for it, see {@link
 * KnownFault}. Where it is wrong in a way that is not known, the cell fails: the list is to be kept
 * complete.
 *
 * <p>The slack is there since two correct orders of summation differ by about that much. It is the
 * only tolerance.
 */
public final class Judge {

    /** What our error may exceed PyTorch's by, in ULP. */
    public static final double SLACK = 4;

    private final Float64Formula formula = new Float64Formula();
    private final LibtorchOperators libtorch = new LibtorchOperators();
    private final Map<ParityCase, Outcome> twins = new HashMap<>();

    /** Judges outcomes of a subject; the references' are in the order of the cases too. */
    public List<Cell> judge(
            List<ParityCase> cases,
            List<Outcome> ours,
            Map<Implementation, List<Outcome>> references) {
        List<Cell> cells = new ArrayList<>();
        IntStream.range(0, cases.size())
                .forEach(
                        i -> {
                            Map<String, Outcome> theirs = new LinkedHashMap<>();
                            references.forEach(
                                    (r, outcomes) -> theirs.put(r.name(), outcomes.get(i)));
                            theirs.values().removeIf(Outcome::isLeftOut);
                            cells.addAll(judge(cases.get(i), ours.get(i), theirs));
                        });
        return cells;
    }

    private List<Cell> judge(ParityCase parityCase, Outcome ours, Map<String, Outcome> theirs) {
        Expected expected = formula.expect(parityCase);
        Optional<KnownFault> fault = KnownFault.of(parityCase);
        List<Cell> cells = new ArrayList<>();
        for (Quantity quantity : Quantity.values()) {
            if (parityCase.has(quantity)) {
                cells.add(judge(parityCase, quantity, expected, fault, ours, theirs));
            }
        }
        return cells;
    }

    private Cell judge(
            ParityCase parityCase,
            Quantity quantity,
            Expected expected,
            Optional<KnownFault> fault,
            Outcome ours,
            Map<String, Outcome> theirs) {
        Map<String, Deviation> references = new LinkedHashMap<>();
        double theirBest = Double.POSITIVE_INFINITY;
        String unexplained = null;
        for (Map.Entry<String, Outcome> entry : theirs.entrySet()) {
            Outcome outcome = entry.getValue();
            Deviation error = deviation(parityCase, quantity, expected, outcome);
            if (error != null) {
                references.put(entry.getKey(), error);
            }
            if (fault.isEmpty()) {
                if (error == null || Double.isInfinite(error.ulp())) {
                    unexplained =
                            "%s fails for no known reason: %s"
                                    .formatted(
                                            entry.getKey(),
                                            error == null ? outcome.refusal() : error);
                } else {
                    theirBest = Math.min(theirBest, error.ulp());
                }
            }
        }
        Deviation error = deviation(parityCase, quantity, expected, ours);
        double own = Double.isInfinite(theirBest) ? 0 : theirBest;
        double allowed = Math.max(own, twinError(parityCase, quantity)) + SLACK;
        String failure = unexplained != null ? unexplained : failure(ours, error, allowed);
        return new Cell(parityCase, quantity, error, references, allowed, fault, failure);
    }

    private static String failure(Outcome outcome, Deviation error, double allowed) {
        if (error == null) {
            return outcome.isRefused() ? "refused: " + outcome.refusal() : "no result";
        }
        return error.ulp() <= allowed
                ? null
                : "%.4g ULP off, allowed %.4g".formatted(error.ulp(), allowed);
    }

    private static Deviation deviation(
            ParityCase parityCase, Quantity quantity, Expected expected, Outcome outcome) {
        double[] values = outcome.values().get(quantity);
        if (values == null) {
            return null;
        }
        DataType type = parityCase.type(quantity);
        return Deviation.of(
                values, expected.values().get(quantity), expected.scales().get(quantity), type);
    }

    /** libtorch's error on the same numbers in order, and without what makes it fail. */
    private double twinError(ParityCase parityCase, Quantity quantity) {
        ParityCase inOrder =
                parityCase.layout() == Layout.UNBATCHED
                        ? parityCase
                        : parityCase.with(Layout.CONTIGUOUS);
        ParityCase twin = KnownFault.healthyTwin(inOrder);
        if (twin.equals(parityCase) || !twin.has(quantity)) {
            return 0;
        }
        Outcome outcome = twins.computeIfAbsent(twin, t -> libtorch.run(List.of(t)).get(0));
        Deviation error = deviation(twin, quantity, formula.expect(twin), outcome);
        return error == null || Double.isInfinite(error.ulp()) ? 0 : error.ulp();
    }
}
