package io.github.djlnorm.parity.verdict;

import io.github.djlnorm.parity.cases.KnownFault;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import java.util.List;
import java.util.Map;

/**
 * The verdict on one quantity of one case.
 *
 * @param parityCase the case
 * @param quantity the quantity
 * @param content what there was to compare
 * @param fingerprint a hash of our values and the exact ones: cells that share it repeat each other
 * @param ours our error; null if we refused
 * @param references the errors of libtorch and PyTorch by name, those that gave a result
 * @param allowed the error that is allowed us, in ULP
 * @param faults where PyTorch is known to be wrong
 * @param failure why the cell fails, or null
 */
public record Cell(
        ParityCase parityCase,
        Quantity quantity,
        Content content,
        long fingerprint,
        Deviation ours,
        Map<String, Deviation> references,
        double allowed,
        List<KnownFault> faults,
        String failure) {

    /** What the exact values are. */
    public enum Content {
        /** Numbers, of which one at least is not zero. */
        VALUES,
        /** Zeros. */
        ZEROS,
        /** NaN or infinities. */
        NOT_FINITE,
        /** Nothing: an empty batch. */
        NOTHING;

        static Content of(double[] exact) {
            if (exact.length == 0) {
                return NOTHING;
            }
            Content content = NOT_FINITE;
            for (double value : exact) {
                if (value != 0 && Double.isFinite(value)) {
                    return VALUES;
                }
                content = value == 0 ? ZEROS : content;
            }
            return content;
        }
    }

    public boolean passed() {
        return failure == null;
    }

    public double ourUlp() {
        return ours == null ? Double.POSITIVE_INFINITY : ours.ulp();
    }

    /** The smallest error of any reference. */
    public double theirUlp() {
        return references.values().stream().mapToDouble(Deviation::ulp).min().orElse(Double.NaN);
    }

    public double theirAbsolute() {
        return references.values().stream()
                .mapToDouble(Deviation::absolute)
                .min()
                .orElse(Double.NaN);
    }
}
