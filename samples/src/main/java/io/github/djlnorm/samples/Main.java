package io.github.djlnorm.samples;

import io.github.djlnorm.samples.classification.CompareCommand;
import io.github.djlnorm.samples.classification.PredictCommand;
import io.github.djlnorm.samples.classification.TrainCommand;
import io.github.djlnorm.samples.cli.Program;
import io.github.djlnorm.samples.segmentation.SegmentCommand;
import io.github.djlnorm.samples.studies.batchsize.BatchSizeStudyCommand;
import io.github.djlnorm.samples.studies.dataparallel.DataParallelCommand;
import io.github.djlnorm.samples.studies.lighting.LightingStudyCommand;
import io.github.djlnorm.samples.style.StylizeCommand;
import io.github.djlnorm.samples.weights.WeightsCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The samples' program: trains image models with the layers of djl-norm and predicts with them. */
@Command(
        name = "djl-norm",
        description = "Trains image models with GroupNorm and its kin. Without a command: compare.",
        subcommands = {
            TrainCommand.class,
            PredictCommand.class,
            CompareCommand.class,
            BatchSizeStudyCommand.class,
            LightingStudyCommand.class,
            DataParallelCommand.class,
            SegmentCommand.class,
            StylizeCommand.class,
            WeightsCommand.class
        })
public final class Main {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Shows this help.")
    @SuppressWarnings("UnusedVariable")
    private boolean help;

    private Main() {}

    /**
     * Runs the program.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        int status = run(args);
        // A program run inside Maven's process must not end that process after success.
        if (status != 0) {
            System.exit(status);
        }
    }

    /** Runs the program and returns its exit status. */
    static int run(String... args) {
        return run(program(), args);
    }

    /** Runs a program that {@link #program} made, perhaps on other streams. */
    static int run(CommandLine program, String... args) {
        return program.execute(args.length == 0 ? new String[] {CompareCommand.NAME} : args);
    }

    /** The program on the standard streams. */
    static CommandLine program() {
        return Program.of(new Main());
    }
}
