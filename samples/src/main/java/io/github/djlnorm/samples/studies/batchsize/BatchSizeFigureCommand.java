package io.github.djlnorm.samples.studies.batchsize;

import io.github.djlnorm.samples.cli.ResultFiles;
import io.github.djlnorm.samples.data.ImageFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws studies of batch sizes side by side. */
@Command(
        name = "figure",
        description =
                "Draws the results of several studies side by side in one figure, with the same"
                        + " axis for the test error.")
final class BatchSizeFigureCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "DIR",
            arity = "1..*",
            description = "The --output of each study, from left to right.")
    private List<Path> studies;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "build/samples/batch-size-studies",
            description = "Where the figure goes. Default: ${DEFAULT-VALUE}.")
    private Path output;

    @Override
    public Integer call() throws Exception {
        List<BatchSizeReport> reports = new ArrayList<>();
        for (Path study : studies) {
            reports.add(BatchSizeReport.of(StudyFolder.existing(study)));
        }
        ResultFiles.create(output);
        PrintWriter out = spec.commandLine().getOut();
        for (BatchSizeReport report : reports) {
            out.println(report.setting().images());
            report.lines().forEach(out::println);
            out.println();
        }
        Path figure = output.resolve(BatchSizeFigure.FILE);
        ImageFiles.write(figure, BatchSizeFigure.draw(reports));
        out.println("figure: " + figure);
        return 0;
    }
}
