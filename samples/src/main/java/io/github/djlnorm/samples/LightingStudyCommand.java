package io.github.djlnorm.samples;

import io.github.djlnorm.Norm;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what normalizations keep of an image's brightness and contrast. */
@Command(
        name = "lighting-study",
        description =
                "Shows what normalizations keep of an image's brightness and contrast: trains nets on"
                        + " images as they are and tests them on darker and lighter ones, and trains"
                        + " nets to tell the brightness itself.",
        defaultValueProvider = LightingStudyCommand.Defaults.class)
final class LightingStudyCommand implements Callable<Integer> {

    private static final int BATCH = 32;

    @Spec private CommandSpec spec;

    @Mixin private TrainingOptions options;

    @Option(
            names = "--norm",
            paramLabel = "NORM",
            split = ",",
            converter = Converters.ToNorm.class,
            completionCandidates = Converters.Norms.class,
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
            names = "--epochs",
            paramLabel = "NUMBER",
            description = "Passes over the training images. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--quick",
            description = "Shows in seconds what the study does, with few images and epochs.")
    private boolean quick;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Where the figure and the numbers go. Default: ${DEFAULT-VALUE}.")
    private Path output;

    /** What the study takes for options that are not given. */
    static final class Defaults extends StudyDefaults {
        Defaults() {
            super(
                    "--net", "unpadded",
                    "--image-size", "32",
                    "--optimizer", "adam",
                    "--learning-rate", "0.002",
                    "--norm", "batch,group:8,instance",
                    "--seeds", "3",
                    "--epochs", "6",
                    "--output", "build/samples/lighting-study");
        }
    }

    @Override
    public Integer call() throws Exception {
        options.apply(BATCH, epochs, norms);
        PrintWriter out = spec.commandLine().getOut();
        Output.create(output);
        List<String> levels = LightingStudy.LEVELS.stream().map(Lighting::name).toList();
        try (MemoryImages images = options.loadToMemory(quick ? 600 : Integer.MAX_VALUE)) {
            for (int seed = 1; seed <= seeds; seed++) {
                for (Norm norm : norms) {
                    long t = System.nanoTime();
                    Training training = options.training(epochs, seed, BATCH);
                    try (Classifier c = new Classifier(options.card(norm, levels))) {
                        out.println(
                                seed
                                        + " "
                                        + norm
                                        + " "
                                        + LightingStudy.learnLevels(c, images, training));
                    }
                    try (Classifier c = new Classifier(options.card(norm, images.classes()))) {
                        LightingStudy.learnContent(c, images, training);
                        out.println(
                                seed
                                        + " "
                                        + norm
                                        + " "
                                        + LightingStudy.testContent(c, images).values());
                    }
                    out.println((System.nanoTime() - t) / 1e9);
                }
            }
        }
        return 0;
    }
}
