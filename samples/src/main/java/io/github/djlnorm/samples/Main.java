package io.github.djlnorm.samples;

import io.github.djlnorm.memory.MemoryRetention;
import io.github.djlnorm.samples.classification.CompareCommand;
import io.github.djlnorm.samples.classification.PredictCommand;
import io.github.djlnorm.samples.classification.TrainCommand;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.cli.Suggestion;
import io.github.djlnorm.samples.cli.UnreadableName;
import io.github.djlnorm.samples.studies.batchsize.BatchSizeStudyCommand;
import io.github.djlnorm.samples.studies.dataparallel.DataParallelCommand;
import io.github.djlnorm.samples.studies.lighting.LightingStudyCommand;
import io.github.djlnorm.samples.style.StylizeCommand;
import io.github.djlnorm.samples.weights.WeightsCommand;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

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
            StylizeCommand.class,
            WeightsCommand.class
        })
public final class Main {

    /** The exit status for input that cannot be used. */
    static final int BAD_INPUT = 2;

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
        // Images and charts are drawn in memory, also where there is no display.
        System.setProperty("java.awt.headless", "true");
        // DJL reports its use over the network unless told not to.
        System.setProperty("OPT_OUT_TRACKING", "true");
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Path.class, Main::path)
                .setExecutionStrategy(Main::execute)
                .setParameterExceptionHandler((e, args) -> reject(e.getCommandLine(), e))
                .setExecutionExceptionHandler(
                        (e, command, parsed) -> {
                            if (e instanceof BadInputException || UnreadableName.isIn(e)) {
                                return reject(command, e);
                            }
                            throw e;
                        });
    }

    private static Path path(String argument) {
        try {
            return Path.of(argument);
        } catch (InvalidPathException e) {
            throw new TypeConversionException(
                    UnreadableName.isIn(e) ? UnreadableName.MESSAGE : e.getMessage());
        }
    }

    private static int execute(ParseResult parsed) {
        Integer helped = CommandLine.executeHelpRequest(parsed);
        if (helped != null) {
            return helped;
        }
        MemoryRetention.enable();
        return new RunLast().execute(parsed);
    }

    private static int reject(CommandLine command, Exception problem) {
        if (UnreadableName.isIn(problem)) {
            command.getErr().println("Error: " + UnreadableName.MESSAGE);
            return BAD_INPUT;
        }
        String advice = "";
        if (problem instanceof UnmatchedArgumentException unmatched) {
            advice = Suggestion.of(unmatched);
        }
        if (problem instanceof ParameterException) {
            advice += " (see '" + command.getCommandSpec().qualifiedName() + " --help')";
        }
        command.getErr().println("Error: " + oneLine(problem.getMessage()) + advice);
        return BAD_INPUT;
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
