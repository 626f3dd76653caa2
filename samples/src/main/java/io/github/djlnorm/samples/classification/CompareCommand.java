package io.github.djlnorm.samples.classification;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.cli.NormConverter;
import io.github.djlnorm.samples.cli.OutputFolder;
import io.github.djlnorm.samples.data.ImageData;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains the same net with several norms from the same start, and shows where each one ends. */
@Command(
        name = CompareCommand.NAME,
        description = "Trains the same net with several norms and compares them.")
public final class CompareCommand implements Callable<Integer> {

    public static final String NAME = "compare";

    @Spec private CommandSpec spec;

    @Mixin private TrainingOptions options;

    @Option(
            names = "--norm",
            paramLabel = "NORM",
            defaultValue = "group:8,batch",
            split = ",",
            converter = NormConverter.class,
            completionCandidates = NormConverter.Names.class,
            description =
                    "The norms, separated by commas: "
                            + "${COMPLETION-CANDIDATES}."
                            + " Default: ${DEFAULT-VALUE}.")
    private List<Norm> norms;

    @Option(
            names = "--batch-size",
            paramLabel = "NUMBER",
            defaultValue = "2",
            description = "Images per training step. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--epochs",
            paramLabel = "NUMBER",
            defaultValue = "4",
            description = "Passes over the training images. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "build/samples/compare",
            description = "Where the chart goes. Default: ${DEFAULT-VALUE}.")
    private Path output;

    @Override
    public Integer call() throws Exception {
        options.apply(batchSize, epochs, norms);
        PrintWriter out = spec.commandLine().getOut();
        ImageData data = options.load(batchSize, false);
        try (OutputFolder folder = OutputFolder.open(output)) {
            Map<Norm, List<EpochReport>> trainings = new LinkedHashMap<>();
            for (Norm norm : norms) {
                ModelCard card = options.card(norm, data.classes());
                out.println(card.heading(data, batchSize));
                try (Classifier classifier = new Classifier(card)) {
                    trainings.put(
                            norm,
                            options.training(epochs)
                                    .run(classifier, data, report -> out.println(report.line())));
                }
            }
            NormComparison.of(trainings, batchSize).lines().forEach(out::println);
            Path chart = folder.file("curves.png");
            CurvesChart.write(chart, "batch size " + batchSize, trainings);
            out.println("chart: " + chart);
        }
        return 0;
    }
}
