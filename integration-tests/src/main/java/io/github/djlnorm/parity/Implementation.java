package io.github.djlnorm.parity;

import java.util.List;

/** Something that computes cases: a kind of truth, or what is to be judged by it. */
interface Implementation {

    /** What reports call it. */
    String name();

    /** Computes cases; the outcomes are in their order. */
    List<Outcome> run(List<ParityCase> cases);
}
