package io.github.djlnorm.samples.data;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
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
        // DJL's own property for it counts only until libtorch is loaded, which it may be.
        Engine.getInstance();
        JniUtils.setNumThreads(threads);
    }
}
