package io.github.djlnorm.samples.spark;

import io.github.djlnorm.samples.cli.Program;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The program that scores and trains image models on Spark. */
@Command(
        name = "djl-norm-spark",
        description =
                "Trains image models and scores images with them on Apache Spark. Without a"
                        + " command: tour.",
        subcommands = {
            TrainCommand.class,
            ScoreCommand.class,
            PartitionsCommand.class,
            SizingCommand.class,
            TourCommand.class
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
        int status = run(program(), args);
        // A program run inside Maven's process must not end that process after success.
        if (status != 0) {
            System.exit(status);
        }
    }

    static int run(CommandLine program, String... args) {
        return program.execute(args.length == 0 ? new String[] {TourCommand.NAME} : args);
    }

    static CommandLine program() {
        return Program.of(new Main());
    }
}
