package io.github.djlnorm.samples.style;

import ai.djl.ndarray.NDManager;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.cli.NormConverter;
import io.github.djlnorm.samples.cli.OutputFolder;
import io.github.djlnorm.samples.cli.ResultFiles;
import io.github.djlnorm.samples.data.MemoryImages;
import io.github.djlnorm.samples.data.Pixels;
import java.awt.image.BufferedImage;
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

/** Trains generators with several norms to paint images in one style, and shows what they paint. */
@Command(
        name = StylizeCommand.NAME,
        description =
                "Trains a generator per norm to paint images in the style of another one, and shows"
                        + " results and losses side by side.",
        subcommands = StylizeApplyCommand.class)
public final class StylizeCommand implements Callable<Integer> {

    static final String NAME = "stylize";

    @Spec private CommandSpec spec;

    @Mixin private StylizeOptions options;

    @Option(
            names = "--norm",
            paramLabel = "NORM",
            defaultValue = "instance,batch",
            split = ",",
            converter = NormConverter.class,
            completionCandidates = NormConverter.Names.class,
            description =
                    "The norms, separated by commas: ${COMPLETION-CANDIDATES}."
                            + " Default: ${DEFAULT-VALUE}.")
    private List<Norm> norms;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "build/samples/stylize",
            description =
                    "Where the generators, the pictures and the losses go."
                            + " Default: ${DEFAULT-VALUE}.")
    private Path output;

    @Override
    public Integer call() throws Exception {
        options.apply(norms);
        PrintWriter out = spec.commandLine().getOut();
        BufferedImage style = options.styleImage();
        try (MemoryImages contents = options.loadContents();
                NDManager manager = NDManager.newBaseManager();
                OutputFolder folder = OutputFolder.open(output)) {
            StyleLoss loss = options.loss(Pixels.of(manager, style));
            StylizeGallery results = new StylizeGallery(style, contents.test().images());
            for (Norm norm : norms) {
                out.println(options.heading(norm, contents));
                train(norm, loss, contents, results);
            }
            results.write(folder.path(), out);
        }
        return 0;
    }

    private void train(Norm norm, StyleLoss loss, MemoryImages contents, StylizeGallery results) {
        PrintWriter out = spec.commandLine().getOut();
        List<StylizeTraining> trainings = options.trainings();
        for (StylizeTraining training : trainings) {
            boolean first = training.equals(trainings.get(0));
            out.println("seed " + training.seed());
            try (Stylizer stylizer = new Stylizer(options.card(norm))) {
                List<LossReport> reports =
                        training.run(
                                stylizer,
                                loss,
                                contents.train().images(),
                                contents.test().images(),
                                report -> {
                                    out.println(report.line());
                                    if (first) {
                                        save(stylizer);
                                    }
                                });
                results.add(new StylizeResult(norm, training.seed(), reports));
                if (first) {
                    results.show(stylizer);
                    out.println("generator: " + stylizer.file(output));
                }
            }
        }
    }

    private void save(Stylizer stylizer) {
        try {
            stylizer.save(output);
        } catch (IOException e) {
            throw ResultFiles.unwritable(output, e);
        }
    }
}
