package io.github.djlnorm.samples;

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that studies of several seeds share. */
final class StudyOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "A folder with train/ and test/, each with one folder of images per class."
                            + " Default: shapes that the program draws.")
    private Path data;

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
            defaultValue = "1",
            description =
                    "The first seed; drawn images, initial parameters and the order of the images"
                            + " follow from it. Default: ${DEFAULT-VALUE}.")
    private int seed;

    @Option(
            names = "--seeds",
            paramLabel = "NUMBER",
            defaultValue = "3",
            description = "How many seeds, one after the other. Default: ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(
            names = "--threads",
            paramLabel = "NUMBER",
            defaultValue = "1",
            description =
                    "Threads that libtorch computes with; another number rounds differently."
                            + " Default: ${DEFAULT-VALUE}.")
    private int threads;

    /** Checks the options and applies them. */
    void apply() {
        require(seeds >= 1, "--seeds", "at least 1", seeds);
        require(threads >= 1, "--threads", "at least 1", threads);
        // DJL reads this property once, when it loads libtorch.
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    }

    void require(boolean holds, String option, String rule, Object value) {
        if (!holds) {
            throw new ParameterException(
                    command.commandLine(), option + " must be " + rule + " but is " + value);
        }
    }

    List<Integer> seeds() {
        return IntStream.range(seed, seed + seeds).boxed().toList();
    }

    /** The images, as {@link ImageArrays} reads them. */
    ImageData load(int imageSize) throws IOException, TranslateException {
        Preprocessing preprocessing = ImageArrays.preprocessing(imageSize);
        return data == null
                ? ImageData.shapes(preprocessing, 1, seed)
                : ImageData.folders(data, preprocessing, 1);
    }
}
