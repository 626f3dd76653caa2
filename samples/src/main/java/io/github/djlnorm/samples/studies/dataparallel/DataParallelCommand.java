package io.github.djlnorm.samples.studies.dataparallel;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.classification.Optimization;
import io.github.djlnorm.samples.classification.TrainingOptions;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.cli.OptionRules;
import io.github.djlnorm.samples.cli.OutputFolder;
import io.github.djlnorm.samples.cli.ResultFiles;
import io.github.djlnorm.samples.data.ImageFiles;
import io.github.djlnorm.samples.data.MemoryImages;
import io.github.djlnorm.samples.studies.StudyDefaults;
import io.github.djlnorm.samples.studies.StudyOptions;
import io.github.djlnorm.samples.studies.StudyOptions.Trial;
import io.github.djlnorm.samples.studies.dataparallel.DataParallelTraining.TrainingTrace;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
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
                        + " data-parallel devices do it, and shows what the split changes. With"
                        + " sync-batch the parts run at once and share their statistics.",
        defaultValueProvider = DataParallelCommand.Defaults.class)
public final class DataParallelCommand implements Callable<Integer> {

    static final String NAME = "data-parallel";
    static final int BATCH = 32;
    static final List<Integer> PARTS = List.of(1, 2, 4, 8, 16);

    private static final int QUICK_IMAGES = 100;

    @Spec private CommandSpec spec;

    @Mixin private TrainingOptions options;

    @Mixin private StudyOptions study;

    @Option(
            names = "--steps",
            paramLabel = "NUMBER",
            description = "Training steps. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
            names = "--quick",
            description =
                    "Shows in seconds what the program does, with three norms, one seed and three steps.")
    private boolean quick;

    /** What the program takes for options that are not given. */
    static final class Defaults extends StudyDefaults {
        Defaults() {
            super(
                    "--net", "convnet",
                    "--image-size", "32",
                    "--optimizer", "sgd",
                    "--schedule", "constant",
                    "--learning-rate", "0.003",
                    "--norm", "batch,sync-batch,group:8,none",
                    "--seeds", "3",
                    "--steps", "50",
                    "--output", "build/samples/data-parallel");
        }
    }

    @Override
    public Integer call() throws Exception {
        OptionRules rules = new OptionRules(spec);
        if (quick) {
            study.beQuick(List.of(Norm.batch(), Norm.syncBatch(), Norm.group(8)));
            steps = 3;
        }
        options.apply(BATCH, 1, study.norms());
        study.check(rules);
        rules.requirePositive("--steps", steps);
        PrintWriter out = spec.commandLine().getOut();
        try (OutputFolder folder = OutputFolder.open(study.output());
                MemoryImages images =
                        options.loadToMemory(quick ? QUICK_IMAGES : Integer.MAX_VALUE)) {
            if (images.trainingImages() < BATCH) {
                throw new BadInputException(
                        "%d images to train on are no batch of %d: give more with --data"
                                .formatted(images.trainingImages(), BATCH));
            }
            out.printf("%s, %d steps, %d seeds%n", options.describe(), steps, study.seeds());
            List<DataParallelResult> results =
                    study
                            .carryOut(trial -> split(images, trial), DataParallelCommand::line, out)
                            .stream()
                            .flatMap(List::stream)
                            .toList();
            report(new DataParallelSummary(results), folder, out);
        }
        return 0;
    }

    private List<DataParallelResult> split(MemoryImages images, Trial trial) {
        Norm norm = trial.norm();
        int seed = trial.seed();
        Optimization optimization = options.training(1, seed, BATCH).optimization();
        DataParallelTraining training = new DataParallelTraining(optimization, BATCH, steps, seed);
        List<DataParallelResult> results = new ArrayList<>();
        TrainingTrace whole = null;
        for (int parts : PARTS) {
            try (Classifier classifier = new Classifier(options.card(norm, images.classes()))) {
                TrainingTrace trace = training.run(classifier, images.train(), parts);
                whole = parts == 1 ? trace : whole;
                results.add(DataParallelResult.of(norm, parts, seed, trace, whole));
            }
        }
        return results;
    }

    private static String line(List<DataParallelResult> results) {
        return "seed %d, %s".formatted(results.get(0).seed(), results.get(0).norm());
    }

    private void report(DataParallelSummary summary, OutputFolder folder, PrintWriter out) {
        out.println();
        summary.lines(BATCH, options.smallestMap()).forEach(out::println);
        Path differences = folder.file("differences.csv");
        ResultFiles.write(differences, summary.differencesCsv());
        Path losses = folder.file("losses.csv");
        ResultFiles.write(losses, summary.lossesCsv());
        Path figure = folder.file("data-parallel.png");
        ImageFiles.write(figure, DataParallelFigure.draw(summary));
        out.println();
        out.println("numbers: " + differences + ", " + losses);
        out.println("figure: " + figure);
    }
}
