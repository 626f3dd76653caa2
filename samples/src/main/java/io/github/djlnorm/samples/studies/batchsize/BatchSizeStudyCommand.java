package io.github.djlnorm.samples.studies.batchsize;

import ai.djl.translate.TranslateException;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.classification.EpochReport;
import io.github.djlnorm.samples.classification.TrainingDiverged;
import io.github.djlnorm.samples.classification.TrainingOptions;
import io.github.djlnorm.samples.cli.OptionRules;
import io.github.djlnorm.samples.cli.ResultFiles;
import io.github.djlnorm.samples.data.ImageData;
import io.github.djlnorm.samples.data.ImageFiles;
import io.github.djlnorm.samples.data.MemoryImages;
import io.github.djlnorm.samples.studies.StudyDefaults;
import io.github.djlnorm.samples.studies.StudyOptions;
import io.github.djlnorm.samples.studies.StudyRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Trains the same net with several norms and batch sizes, and draws the test error by batch size,
 * as in figure 1 of Wu and He, Group Normalization, 2018.
 */
@Command(
        name = "batch-size-study",
        description =
                "Trains the same net with several norms, batch sizes and seeds, and draws the test"
                        + " error by batch size. Stopped, it goes on where it was; several processes"
                        + " may work on one --output. At 4x4 pixels, as by default, the last stage"
                        + " of the net has one position, so that BatchNorm averages no more values"
                        + " per channel than a batch has images. For the other side, with four"
                        + " times as many, run it with --image-size 8, where instance is possible"
                        + " too, and another --output; 'figure' draws both.",
        subcommands = BatchSizeFigureCommand.class,
        defaultValueProvider = BatchSizeStudyCommand.Defaults.class)
public final class BatchSizeStudyCommand implements Callable<Integer> {

    private static final int QUICK_IMAGES = 600;

    @Spec private CommandSpec spec;

    @Mixin private TrainingOptions options;

    @Mixin private StudyOptions study;

    @Option(
            names = "--batch-size",
            paramLabel = "NUMBER",
            split = ",",
            description =
                    "The batch sizes, separated by commas. The learning rate is that of batch size"
                            + " 32 and proportional to the batch size. Default: ${DEFAULT-VALUE}.")
    private List<Integer> batchSizes;

    @Option(
            names = "--epochs",
            paramLabel = "NUMBER",
            description = "Passes over the training images. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--quick",
            description =
                    "Shows in seconds what the study does, with a smaller net, two norms, two"
                            + " batch sizes, one seed, one epoch and a"
                            + " few hundred images.")
    private boolean quick;

    /** What the study takes for options that are not given. */
    static final class Defaults extends StudyDefaults {
        Defaults() {
            super(
                    "--net", "resnet:14",
                    "--image-size", "4",
                    "--optimizer", "sgd",
                    "--schedule", "cosine",
                    "--learning-rate", "0.05",
                    "--norm", "batch,group:8,group:1,none",
                    "--batch-size", "32,16,8,4,2",
                    "--seeds", "3",
                    "--epochs", "6",
                    "--output", "build/samples/batch-size-study");
        }
    }

    @Override
    public Integer call() throws Exception {
        OptionRules rules = new OptionRules(spec);
        if (quick) {
            options.useNet("resnet:8");
            study.beQuick(List.of(Norm.batch(), Norm.group(8)));
            batchSizes = List.of(16, 2);
            epochs = 1;
        }
        // What suits the smallest batch suits all.
        options.apply(Collections.min(batchSizes), epochs, study.norms());
        study.check(rules);
        rules.requireDistinct("--batch-size", batchSizes);
        PrintWriter out = spec.commandLine().getOut();
        try (MemoryImages images = options.loadToMemory(quick ? QUICK_IMAGES : Integer.MAX_VALUE)) {
            String setting =
                    "%s, %d images, %d epochs"
                            .formatted(options.describe(), images.trainingImages(), epochs);
            out.println(setting);
            BatchSizeStudy trainings =
                    new BatchSizeStudy(
                            new StudyFolder(study.output(), setting), study.runs(batchSizes));
            trainings.run(run -> train(run, images), out);
            return report(BatchSizeReport.of(setting, trainings.done()), out);
        }
    }

    private BatchSizeResult train(StudyRun run, MemoryImages images)
            throws IOException, TranslateException {
        ImageData data = images.inBatches(run.batchSize());
        long start = System.nanoTime();
        try (Classifier classifier = new Classifier(options.card(run.norm(), data.classes()))) {
            List<EpochReport> reports =
                    options.training(epochs, run.seed(), run.batchSize())
                            .run(classifier, data, report -> {});
            return BatchSizeResult.of(reports.get(epochs - 1), seconds(start));
        } catch (TrainingDiverged e) {
            return BatchSizeResult.diverged(data.classes().size(), seconds(start));
        }
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private int report(BatchSizeReport report, PrintWriter out) {
        report.lines().forEach(out::println);
        Path numbers = study.output().resolve("summary.csv");
        ResultFiles.write(numbers, report.summary().csv());
        Path figure = study.output().resolve(BatchSizeFigure.FILE);
        ImageFiles.write(figure, BatchSizeFigure.draw(List.of(report)));
        out.println("numbers: " + numbers);
        out.println("figure: " + figure);
        return 0;
    }
}
