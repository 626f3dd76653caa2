package io.github.djlnorm.samples.data;

import io.github.djlnorm.samples.cli.OptionRules;
import picocli.CommandLine.Option;

/** How many threads libtorch computes with. */
public final class ThreadsOption {

    @Option(
            names = "--threads",
            paramLabel = "NUMBER",
            defaultValue = "1",
            description =
                    "Threads that libtorch computes with, besides the one that reads images; more"
                            + " pay for large images and batches on an idle machine, and round"
                            + " differently. Default: ${DEFAULT-VALUE}.")
    private int threads;

    /** Checks the option and applies it. */
    public void apply(OptionRules rules) {
        rules.requirePositive("--threads", threads);
        // DJL reads this property once, when it loads libtorch.
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    }
}
