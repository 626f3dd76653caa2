package io.github.djlnorm.samples.classification;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.cli.NormConverter;
import io.github.djlnorm.samples.cli.OptionRules;
import io.github.djlnorm.samples.cli.OutputFolder;
import io.github.djlnorm.samples.data.ImageData;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains one model, saves it and draws its curves. */
@Command(
        name = "train",
        description = "Trains a small convolutional net, saves it and draws its training curves.")
public final class TrainCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private TrainingOptions options;

    @Option(
            names = "--norm",
            paramLabel = "NORM",
            defaultValue = "group:8",
            converter = NormConverter.class,
            completionCandidates = NormConverter.Names.class,
            description =
                    "Normalization after each convolution: "
                            + "${COMPLETION-CANDIDATES}; group:1 is over channels, height and width."
                            + " Default: ${DEFAULT-VALUE}.")
    private Norm norm;

    @Option(
            names = "--batch-size",
            paramLabel = "NUMBER",
            defaultValue = "32",
            description = "Images per training step. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--epochs",
            paramLabel = "NUMBER",
            defaultValue = "3",
            description = "Passes over the training images. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--augment",
            description =
                    "Mirrors every other training image and moves all by up to an eighth of their"
                            + " size.")
    private boolean augment;

    @Option(
            names = "--resume",
            description =
                    "Goes on with the training whose model is in --output, up to --epochs in all, as"
                            + " if it had never stopped.")
    private boolean resume;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "build/samples/train",
            description = "Where the model and the chart go. Default: ${DEFAULT-VALUE}.")
    private Path output;

    @Option(
            names = "--export",
            paramLabel = "FILE",
            description =
                    "Also writes the trained weights to FILE, whose name ends with .safetensors or"
                            + " .npz, for PyTorch and others.")
    private Path export;

    @Override
    public Integer call() throws Exception {
        options.apply(batchSize, epochs, List.of(norm));
        if (export != null) {
            Export.check(export, new OptionRules(spec));
        }
        PrintWriter out = spec.commandLine().getOut();
        ImageData data = options.load(batchSize, augment);
        ModelCard card = options.card(norm, data.classes());
        out.println(card.heading(data, batchSize));
        try (OutputFolder folder = OutputFolder.open(output);
                Classifier classifier =
                        resume ? Classifier.load(output, card) : new Classifier(card)) {
            List<EpochReport> reports =
                    options.training(epochs)
                            .run(
                                    classifier,
                                    data,
                                    report -> out.println(report.line()),
                                    new CheckpointListener(classifier, output));
            Path chart = folder.file("curves.png");
            CurvesChart.write(chart, "batch size " + batchSize, Map.of(norm, reports));
            out.println("model: " + folder.file(Classifier.FILE));
            out.println("chart: " + chart);
            if (export != null) {
                Export.write(export, classifier.model().getBlock());
                out.println("weights: " + export);
            }
        }
        return 0;
    }
}
