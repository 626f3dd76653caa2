package io.github.djlnorm.parity.implementations;

import io.github.djlnorm.parity.cases.ParityCase;
import java.util.List;

/** Something that computes cases: a kind of truth, or what is to be judged by it. */
public interface Implementation {

    /** What reports call it. */
    String name();

    /** Whether it has what a case needs, and so owes a result. */
    default boolean computes(ParityCase parityCase) {
        return true;
    }

    /** Computes cases that it {@link #computes}; the outcomes are in their order. */
    List<Outcome> run(List<ParityCase> cases);
}
