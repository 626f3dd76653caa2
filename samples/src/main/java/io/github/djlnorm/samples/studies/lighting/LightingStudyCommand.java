package io.github.djlnorm.samples.studies.lighting;

import ai.djl.ndarray.NDArray;
import ai.djl.translate.TranslateException;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.classification.Training;
import io.github.djlnorm.samples.classification.TrainingOptions;
import io.github.djlnorm.samples.cli.OptionRules;
import io.github.djlnorm.samples.cli.OutputFolder;
import io.github.djlnorm.samples.cli.ResultFiles;
import io.github.djlnorm.samples.data.ImageFiles;
import io.github.djlnorm.samples.data.MemoryImages;
import io.github.djlnorm.samples.studies.StudyDefaults;
import io.github.djlnorm.samples.studies.StudyOptions;
import io.github.djlnorm.samples.studies.StudyOptions.Trial;
import java.io.IOException;
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
public final class LightingStudyCommand implements Callable<Integer> {

    private static final int QUICK_IMAGES = 300;

    @Spec private CommandSpec spec;

    @Mixin private TrainingOptions options;

    @Mixin private StudyOptions study;

    @Option(
            names = "--epochs",
            paramLabel = "NUMBER",
            description = "Passes over the training images. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--images",
            paramLabel = "NUMBER",
            description =
                    "How many images to train on and to test with at most, chosen by chance."
                            + " Default: all.")
    private int most = Integer.MAX_VALUE;

    @Option(
            names = "--quick",
            description =
                    "Shows in seconds what the study does, with two norms, one seed, three epochs and a few hundred images.")
    private boolean quick;

    /** What the study takes for options that are not given. */
    static final class Defaults extends StudyDefaults {
        Defaults() {
            super(
                    "--net", "unpadded",
                    "--image-size", "32",
                    "--optimizer", "adam",
                    "--schedule", "cosine",
                    "--learning-rate", "0.002",
                    "--norm", "batch,group:8,instance",
                    "--seeds", "3",
                    "--epochs", "6",
                    "--output", "build/samples/lighting-study");
        }
    }

    @Override
    public Integer call() throws Exception {
        OptionRules rules = new OptionRules(spec);
        if (quick) {
            study.beQuick(List.of(Norm.batch(), Norm.instance()));
            epochs = 3;
            most = QUICK_IMAGES;
        }
        options.apply(LightingStudy.BATCH, epochs, study.norms());
        study.check(rules);
        rules.requirePositive("--images", most);
        PrintWriter out = spec.commandLine().getOut();
        try (OutputFolder folder = OutputFolder.open(study.output());
                MemoryImages images = options.loadToMemory(most)) {
            out.printf(
                    "%s, %d images, %d epochs, %d seeds%n",
                    options.describe(), images.trainingImages(), epochs, study.seeds());
            List<LightingResult> results =
                    study.carryOut(trial -> result(images, trial), LightingResult::line, out);
            report(new LightingSummary(results), images.test().images(), folder, out);
        }
        return 0;
    }

    private LightingResult result(MemoryImages images, Trial trial)
            throws IOException, TranslateException {
        Norm norm = trial.norm();
        Training training = options.training(epochs, trial.seed(), LightingStudy.BATCH);
        List<String> levels = LightingStudy.LEVELS.stream().map(Lighting::toString).toList();
        try (Classifier content = new Classifier(options.card(norm, images.classes()));
                Classifier level = new Classifier(options.card(norm, levels))) {
            return new LightingResult(
                    norm,
                    trial.seed(),
                    LightingStudy.learnContent(content, images, training),
                    LightingStudy.learnLevels(level, images, training));
        }
    }

    private void report(
            LightingSummary summary, NDArray examples, OutputFolder folder, PrintWriter out) {
        summary.lines().forEach(out::println);
        Path numbers = folder.file("lighting.csv");
        ResultFiles.write(numbers, summary.csv());
        Path figure = folder.file("lighting.png");
        ImageFiles.write(figure, LightingFigure.draw(summary, examples, options.preprocessing()));
        out.println();
        out.println("numbers: " + numbers);
        out.println("figure: " + figure);
    }
}
