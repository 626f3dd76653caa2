package io.github.djlnorm.parity.verdict;

import io.github.djlnorm.parity.cases.KnownFault;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import java.util.Map;
import java.util.Optional;

/**
 * The verdict on one quantity of one case.
 *
 * @param parityCase the case
 * @param quantity the quantity
 * @param ours our error; null if we refused
 * @param references the errors of libtorch and PyTorch by name, those that gave a result
 * @param allowed the error that is allowed us, in ULP
 * @param fault where PyTorch is known to be wrong
 * @param failure why the cell fails, or null
 */
public record Cell(
        ParityCase parityCase,
        Quantity quantity,
        Deviation ours,
        Map<String, Deviation> references,
        double allowed,
        Optional<KnownFault> fault,
        String failure) {

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
