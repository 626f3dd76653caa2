package io.github.djlnorm.samples.spark;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Everything once, on the images that the program draws. */
@Command(
        name = TourCommand.NAME,
        description = "Trains on drawn shapes, scores others, and compares numbers of partitions.")
final class TourCommand implements Callable<Integer> {

    static final String NAME = "tour";

    @Spec private CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "build/samples/spark",
            description =
                    "Where all goes, into a folder of its own for each run. Default:"
                            + " ${DEFAULT-VALUE}.")
    private Path output;

    @Override
    public Integer call() {
        String folder = output.resolve("tour-" + System.currentTimeMillis()).toString();
        String trained = folder + "/train";
        int status = run(TrainCommand.NAME, "--output", trained);
        if (status == 0) {
            status = run(ScoreCommand.NAME, "--model", trained, "--output", folder + "/scores");
        }
        return status == 0 ? run(PartitionsCommand.NAME, "--output", folder) : status;
    }

    private int run(String... command) {
        CommandLine program = Main.program();
        program.setOut(spec.commandLine().getOut()).setErr(spec.commandLine().getErr());
        spec.commandLine().getOut().println("--- " + command[0]);
        return program.execute(command);
    }
}
