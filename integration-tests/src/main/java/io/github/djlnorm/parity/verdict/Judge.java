package io.github.djlnorm.parity.verdict;

import io.github.djlnorm.parity.cases.KnownFault;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.implementations.Expected;
import io.github.djlnorm.parity.implementations.Outcome;
import io.github.djlnorm.parity.verdict.Evidence.Twin;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    private Judge() {}

    /** Judges each quantity of a case. */
    public static List<Cell> judge(Evidence evidence) {
        return Arrays.stream(Quantity.values())
                .filter(evidence.parityCase()::has)
                .map(quantity -> judge(evidence, quantity))
                .toList();
    }

    private static Cell judge(Evidence evidence, Quantity quantity) {
        ParityCase parityCase = evidence.parityCase();
        Optional<KnownFault> fault = KnownFault.of(parityCase);
        Map<String, Deviation> references = new LinkedHashMap<>();
        double theirBest = Double.POSITIVE_INFINITY;
        String unexplained = null;
        for (Map.Entry<String, Outcome> entry : evidence.theirs().entrySet()) {
            Outcome outcome = entry.getValue();
            Deviation error = deviation(parityCase, quantity, evidence.expected(), outcome);
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
        Deviation error = deviation(parityCase, quantity, evidence.expected(), evidence.ours());
        double own = Double.isInfinite(theirBest) ? 0 : theirBest;
        double twins = evidence.twin().map(twin -> error(twin, quantity)).orElse(0.0);
        double allowed = Math.max(own, twins) + SLACK;
        String failure =
                unexplained != null ? unexplained : failure(evidence.ours(), error, allowed);
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
        return Deviation.of(
                values,
                expected.values().get(quantity),
                expected.scales().get(quantity),
                parityCase.type(quantity));
    }

    private static double error(Twin twin, Quantity quantity) {
        if (!twin.parityCase().has(quantity)) {
            return 0;
        }
        Deviation error = deviation(twin.parityCase(), quantity, twin.expected(), twin.libtorch());
        return error == null || Double.isInfinite(error.ulp()) ? 0 : error.ulp();
    }
}
