package io.github.djlnorm.parity.verdict;

import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.implementations.Expected;
import io.github.djlnorm.parity.implementations.Outcome;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a case.
 *
 * @param parityCase the case
 * @param expected the exact values
 * @param ours what the subject made of it
 * @param theirs what the references made of it, by name, but for those that do not have it
 * @param twin what libtorch made of the same numbers in order, without what makes it fail, if that
 *     is another case
 */
public record Evidence(
        ParityCase parityCase,
        Expected expected,
        Outcome ours,
        Map<String, Outcome> theirs,
        Optional<Twin> twin) {

    /** A healthy twin of a case. */
    public record Twin(ParityCase parityCase, Expected expected, Outcome libtorch) {}
}
