package io.github.djlnorm.samples.studies;

import ai.djl.translate.TranslateException;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.cli.NormConverter;
import io.github.djlnorm.samples.cli.OptionRules;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** The options that all studies share; their defaults are those of each study. */
public final class StudyOptions {

    @Option(
            names = "--norm",
            paramLabel = "NORM",
            split = ",",
            converter = NormConverter.class,
            completionCandidates = NormConverter.Names.class,
            description =
                    "The norms, separated by commas: ${COMPLETION-CANDIDATES}."
                            + " Default: ${DEFAULT-VALUE}.")
    private List<Norm> norms;

    @Option(
            names = "--seeds",
            paramLabel = "NUMBER",
            description = "How many trainings of each kind. Default: ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Where the numbers and the figure go. Default: ${DEFAULT-VALUE}.")
    private Path output;

    /**
     * One of several trainings.
     *
     * @param norm the normalization
     * @param seed what parameters and order follow from
     */
    public record Trial(Norm norm, int seed) {}

    /** Checks the options. */
    public void check(OptionRules rules) {
        rules.requirePositive("--seeds", seeds);
    }

    public List<Norm> norms() {
        return norms;
    }

    public int seeds() {
        return seeds;
    }

    public Path output() {
        return output;
    }

    /** Seed by seed, so that a first whole picture is there early. */
    public List<Trial> trials() {
        return IntStream.rangeClosed(1, seeds)
                .boxed()
                .flatMap(seed -> norms.stream().map(norm -> new Trial(norm, seed)))
                .toList();
    }

    /** The trials with each of some batch sizes. */
    public List<StudyRun> runs(List<Integer> batchSizes) {
        return trials().stream()
                .flatMap(
                        trial ->
                                batchSizes.stream()
                                        .map(
                                                size ->
                                                        new StudyRun(
                                                                trial.norm(), size, trial.seed())))
                .toList();
    }

    /** Does the work of a trial. */
    public interface Task<T> {
        T carryOut(Trial trial) throws IOException, TranslateException;
    }

    /**
     * Carries out all trials, and tells of each one when it is over, with the time left.
     *
     * @param line what came out of a trial, in words
     */
    public <T> List<T> carryOut(Task<T> task, Function<T, String> line, PrintWriter out)
            throws IOException, TranslateException {
        List<T> results = new ArrayList<>();
        List<Trial> trials = trials();
        long start = System.nanoTime();
        for (Trial trial : trials) {
            T result = task.carryOut(trial);
            results.add(result);
            int left = trials.size() - results.size();
            out.println(line.apply(result) + timeLeft(start, results.size(), left));
        }
        return results;
    }

    /**
     * What follows a line about one of several equal tasks.
     *
     * @param start when the first task began, by {@link System#nanoTime}
     */
    private static String timeLeft(long start, int done, int left) {
        double minutes = (System.nanoTime() - start) / 6e10 / done * left;
        return String.format(
                Locale.ROOT, " (%d of %d, about %.1f minutes left)", done, done + left, minutes);
    }

    /** Takes few trainings instead of what the options say. */
    public void beQuick(List<Norm> quickNorms) {
        norms = quickNorms;
        seeds = 1;
    }
}
