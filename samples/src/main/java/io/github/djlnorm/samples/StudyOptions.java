package io.github.djlnorm.samples;

import io.github.djlnorm.Norm;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
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

    /**
     * One of several trainings.
     *
     * @param norm the normalization
     * @param seed what parameters and order follow from
     */
    record Start(Norm norm, int seed) {}

    /** Seed by seed, so that a first whole picture is there early. */
    List<Start> starts() {
        return IntStream.rangeClosed(1, seeds)
                .boxed()
                .flatMap(seed -> norms.stream().map(norm -> new Start(norm, seed)))
                .toList();
    }

    /** Takes few trainings instead of what the options say. */
    void beQuick(List<Norm> quickNorms) {
        norms = quickNorms;
        seeds = 1;
    }
}
