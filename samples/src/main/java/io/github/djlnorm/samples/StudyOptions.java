package io.github.djlnorm.samples;

import io.github.djlnorm.Norm;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that all studies share; their defaults are those of each study. */
final class StudyOptions {

    @Option(
            names = "--norm",
            paramLabel = "NORM",
            split = ",",
            converter = Converters.ToNorm.class,
            completionCandidates = Converters.Norms.class,
            description =
                    "The norms, separated by commas: ${COMPLETION-CANDIDATES}."
                            + " Default: ${DEFAULT-VALUE}.")
    List<Norm> norms;

    @Option(
            names = "--seeds",
            paramLabel = "NUMBER",
            description = "How many trainings of each kind. Default: ${DEFAULT-VALUE}.")
    int seeds;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Where the numbers and the figure go. Default: ${DEFAULT-VALUE}.")
    Path output;

    /** Takes few trainings instead of what the options say. */
    void beQuick(List<Norm> quickNorms) {
        norms = quickNorms;
        seeds = 1;
    }
}
