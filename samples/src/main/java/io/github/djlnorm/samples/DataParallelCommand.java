package io.github.djlnorm.samples;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.SplitTraining.Course;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what splitting a batch over devices changes, by norm. */
@Command(
        name = DataParallelCommand.NAME,
        description =
                "Trains the same net on the same batches of 32 images, split into 1, 2, 4, 8 and 16"
                        + " parts that are normalized one by one and whose gradients are summed, as"
                        + " data-parallel devices do it, and shows what the split changes.",
        defaultValueProvider = DataParallelCommand.Defaults.class)
final class DataParallelCommand implements Callable<Integer> {

    static final String NAME = "data-parallel";
    static final int BATCH = 32;
    static final List<Integer> PARTS = List.of(1, 2, 4, 8, 16);

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
            names = "--steps",
            paramLabel = "NUMBER",
            description = "Training steps. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
            names = "--quick",
            description = "Shows in seconds what the program does, with few steps.")
    private boolean quick;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Where the figure and the numbers go. Default: ${DEFAULT-VALUE}.")
    private Path output;

    /** What the program takes for options that are not given. */
    static final class Defaults extends StudyDefaults {
        Defaults() {
            super(
                    "--net", "convnet",
                    "--image-size", "32",
                    "--schedule", "constant",
                    "--norm", "batch,group:8,none",
                    "--seeds", "3",
                    "--steps", "100",
                    "--output", "build/samples/data-parallel");
        }
    }

    @Override
    public Integer call() throws Exception {
        options.apply(BATCH, 1, norms);
        PrintWriter out = spec.commandLine().getOut();
        Output.create(output);
        try (MemoryImages images = options.loadToMemory(quick ? 600 : Integer.MAX_VALUE)) {
            for (int seed = 1; seed <= seeds; seed++) {
                for (Norm norm : norms) {
                    Course whole = null;
                    for (int parts : PARTS) {
                        SplitTraining training =
                                new SplitTraining(
                                        options.training(1, seed, BATCH).optimization(),
                                        BATCH,
                                        steps,
                                        seed);
                        try (Classifier c = new Classifier(options.card(norm, images.classes()))) {
                            Course course = training.run(c, images.train(), parts);
                            whole = whole == null ? course : whole;
                            out.println(SplitResult.of(norm, parts, seed, course, whole));
                        }
                    }
                }
            }
        }
        return 0;
    }
}
