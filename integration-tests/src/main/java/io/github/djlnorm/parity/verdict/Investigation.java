package io.github.djlnorm.parity.verdict;

import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.cases.KnownFault;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.implementations.Float64Formula;
import io.github.djlnorm.parity.implementations.Implementation;
import io.github.djlnorm.parity.implementations.LibtorchOperators;
import io.github.djlnorm.parity.implementations.Outcome;
import io.github.djlnorm.parity.verdict.Evidence.Twin;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Collects the evidence: computes what is exact, and libtorch's error on the cases' twins. */
public final class Investigation {

    private final Float64Formula formula = new Float64Formula();
    private final LibtorchOperators libtorch = new LibtorchOperators();
    private final Map<ParityCase, Outcome> twins = new HashMap<>();

    /** The evidence on outcomes of a subject; the references' are in the order of the cases too. */
    public List<Evidence> of(
            List<ParityCase> cases,
            List<Outcome> ours,
            Map<Implementation, List<Outcome>> references) {
        return IntStream.range(0, cases.size())
                .mapToObj(i -> of(cases.get(i), ours.get(i), outcomes(references, i)))
                .toList();
    }

    private static Map<String, Outcome> outcomes(
            Map<Implementation, List<Outcome>> references, int index) {
        Map<String, Outcome> theirs = new LinkedHashMap<>();
        references.forEach((r, outcomes) -> theirs.put(r.name(), outcomes.get(index)));
        theirs.values().removeIf(Outcome::isLeftOut);
        return theirs;
    }

    private Evidence of(ParityCase parityCase, Outcome ours, Map<String, Outcome> theirs) {
        return new Evidence(parityCase, formula.expect(parityCase), ours, theirs, twin(parityCase));
    }

    private Optional<Twin> twin(ParityCase parityCase) {
        ParityCase inOrder =
                parityCase.layout() == Layout.UNBATCHED
                        ? parityCase
                        : parityCase.with(Layout.CONTIGUOUS);
        ParityCase twin = KnownFault.healthyTwin(inOrder);
        if (twin.equals(parityCase)) {
            return Optional.empty();
        }
        Outcome outcome = twins.computeIfAbsent(twin, t -> libtorch.run(List.of(t)).get(0));
        return Optional.of(new Twin(twin, formula.expect(twin), outcome));
    }
}
