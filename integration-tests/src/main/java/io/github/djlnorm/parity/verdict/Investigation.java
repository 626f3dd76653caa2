package io.github.djlnorm.parity.verdict;

import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.cases.KnownFault;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.implementations.Float64Formula;
import io.github.djlnorm.parity.implementations.LibtorchOperators;
import io.github.djlnorm.parity.implementations.Outcome;
import io.github.djlnorm.parity.verdict.Evidence.Twin;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects the evidence: computes what is exact, and libtorch's error on the cases' twins. */
public final class Investigation {

    private final Float64Formula formula = new Float64Formula();
    private final LibtorchOperators libtorch = new LibtorchOperators();
    private final Map<ParityCase, Outcome> twins = new HashMap<>();

    /** The evidence on a case. */
    public Evidence of(ParityCase parityCase, Outcome ours, Map<String, Outcome> theirs) {
        return new Evidence(parityCase, formula.expect(parityCase), ours, theirs, twin(parityCase));
    }

    private Optional<Twin> twin(ParityCase parityCase) {
        ParityCase inOrder =
                parityCase.layout() == Layout.UNBATCHED
                        ? parityCase
                        : parityCase.with(Layout.CONTIGUOUS);
        ParityCase twin = KnownFault.healthyTwin(inOrder);
        if (twin.equals(parityCase) || !libtorch.computes(twin)) {
            return Optional.empty();
        }
        Outcome outcome = twins.computeIfAbsent(twin, t -> libtorch.run(List.of(t)).get(0));
        return Optional.of(new Twin(twin, formula.expect(twin), outcome));
    }
}
