package io.github.djlnorm.samples;

import ai.djl.translate.TranslateException;
import io.github.djlnorm.Norm;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
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
    record Trial(Norm norm, int seed) {}

    /** Seed by seed, so that a first whole picture is there early. */
    List<Trial> trials() {
        return IntStream.rangeClosed(1, seeds)
                .boxed()
                .flatMap(seed -> norms.stream().map(norm -> new Trial(norm, seed)))
                .toList();
    }

    /** Does the work of a trial. */
    interface Task<T> {
        T carryOut(Trial trial) throws IOException, TranslateException;
    }

    /**
     * Carries out all trials, and tells of each one when it is over, with the time left.
     *
     * @param line what came out of a trial, in words
     */
    <T> List<T> carryOut(Task<T> task, Function<T, String> line, PrintWriter out)
            throws IOException, TranslateException {
        List<T> results = new ArrayList<>();
        List<Trial> trials = trials();
        long start = System.nanoTime();
        for (Trial trial : trials) {
            T result = task.carryOut(trial);
            results.add(result);
            int left = trials.size() - results.size();
            out.println(line.apply(result) + Output.timeLeft(start, results.size(), left));
        }
        return results;
    }

    /** Takes few trainings instead of what the options say. */
    void beQuick(List<Norm> quickNorms) {
        norms = quickNorms;
        seeds = 1;
    }
}
