package io.github.djlnorm.parity.verdict;

import io.github.djlnorm.parity.cases.KnownFault;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.implementations.Expected;
import io.github.djlnorm.parity.implementations.Outcome;
import io.github.djlnorm.parity.verdict.Cell.Content;
import io.github.djlnorm.parity.verdict.Evidence.Twin;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Passes sentence: a quantity is good when its largest error against the exact values is at most
 * PyTorch's own on the same input, plus {@value #SLACK} ULP.
 *
 * <p>PyTorch's own error is the smaller of the references': libtorch in this process and real
 * PyTorch modules, if they run. An input that does not lie in order is also allowed libtorch's
 * error on the same numbers in order, since a copy in order is what our layers work on. Where
 * libtorch is known to be wrong its error counts for {@value #CAP_WHERE_WRONG} ULP at most, or as
 * much as it is on the healthy twin, see {@link KnownFault}. Where it is wrong in a way that is not
 * known (it refuses, gives no result, or is more than {@value #CAP} ULP off) the cell fails: the
 * list is to be kept complete, and PyTorch's fault is no licence.
 *
 * <p>The slack is there since two correct orders of summation differ by about that much. It is the
 * only tolerance.
 */
public final class Judge {

    /** What our error may exceed PyTorch's by, in ULP. */
    public static final double SLACK = 4;

    /** The largest error of PyTorch's that is a measure for ours, in ULP. */
    public static final double CAP = 64;

    /** The same where PyTorch is known to be wrong, in ULP. */
    public static final double CAP_WHERE_WRONG = 8;

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
        List<KnownFault> faults = KnownFault.of(parityCase);
        Map<String, Deviation> references = new LinkedHashMap<>();
        double theirBest = Double.POSITIVE_INFINITY;
        String unexplained = null;
        for (Map.Entry<String, Outcome> entry : evidence.theirs().entrySet()) {
            Outcome outcome = entry.getValue();
            Deviation error = deviation(parityCase, quantity, evidence.expected(), outcome);
            if (error != null) {
                references.put(entry.getKey(), error);
                theirBest = Math.min(theirBest, error.ulp());
            }
            String objection = objection(outcome, quantity, error, faults);
            if (objection != null) {
                unexplained = entry.getKey() + " fails for no known reason: " + objection;
            }
        }
        Deviation error = deviation(parityCase, quantity, evidence.expected(), evidence.ours());
        double measure = faults.isEmpty() ? CAP : CAP_WHERE_WRONG;
        double own = references.isEmpty() ? 0 : Math.min(theirBest, measure);
        double twins = evidence.twin().map(twin -> error(twin, quantity)).orElse(0.0);
        double allowed = Math.max(own, twins) + SLACK;
        double[] exact = evidence.expected().values().get(quantity);
        return new Cell(
                parityCase,
                quantity,
                Content.of(exact),
                fingerprint(exact, evidence.ours().values().get(quantity)),
                error,
                references,
                allowed,
                faults,
                Stream.of(unexplained, failure(evidence, quantity, error, allowed))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null));
    }

    /** What a reference does that none of the known faults explains, or null. */
    private static String objection(
            Outcome outcome, Quantity quantity, Deviation error, List<KnownFault> faults) {
        if (outcome.isRefused()) {
            return faults.stream().anyMatch(KnownFault::refuses) ? null : outcome.refusal();
        }
        if (error == null) {
            return noResult(outcome, quantity);
        }
        return error.ulp() <= CAP || !faults.isEmpty() ? null : error.toString();
    }

    private static String failure(
            Evidence evidence, Quantity quantity, Deviation error, double allowed) {
        if (evidence.ours().isRefused()) {
            return "refused: " + evidence.ours().refusal();
        }
        if (error == null) {
            return noResult(evidence.ours(), quantity);
        }
        return error.ulp() <= allowed
                ? null
                : "%.4g ULP off, allowed %.4g".formatted(error.ulp(), allowed);
    }

    private static String noResult(Outcome outcome, Quantity quantity) {
        double[] values = outcome.values().get(quantity);
        String label = ParityCase.label(quantity);
        return values == null
                ? "no result for " + label
                : "%d values are not those of %s".formatted(values.length, label);
    }

    /** Null if there is no result, or one of another size. */
    private static Deviation deviation(
            ParityCase parityCase, Quantity quantity, Expected expected, Outcome outcome) {
        double[] values = outcome.values().get(quantity);
        double[] exact = expected.values().get(quantity);
        if (values == null || values.length != exact.length) {
            return null;
        }
        return Deviation.of(
                values, exact, expected.scales().get(quantity), parityCase.type(quantity));
    }

    private static double error(Twin twin, Quantity quantity) {
        if (!twin.parityCase().has(quantity)) {
            return 0;
        }
        Deviation error = deviation(twin.parityCase(), quantity, twin.expected(), twin.libtorch());
        return error == null || error.ulp() > CAP ? 0 : error.ulp();
    }

    private static long fingerprint(double[] exact, double[] ours) {
        return 31 * hash(exact) + (ours == null ? 0 : hash(ours));
    }

    /** FNV-1a over the bits of the values: long enough for a hundred thousand cells to differ. */
    private static long hash(double[] values) {
        long hash = 0xcbf29ce484222325L;
        for (double value : values) {
            long bits = Double.doubleToLongBits(value);
            hash = (hash ^ (bits ^ bits >>> 32)) * 0x100000001b3L;
            hash ^= hash >>> 29;
        }
        return hash;
    }
}
