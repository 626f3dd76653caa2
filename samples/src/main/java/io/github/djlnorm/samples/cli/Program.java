package io.github.djlnorm.samples.cli;

import io.github.djlnorm.memory.MemoryRetention;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** How the samples' programs run commands, and what they say where one cannot be used. */
public final class Program {

    /** The exit status for input that cannot be used. */
    public static final int BAD_INPUT = 2;

    private Program() {}

    /**
     * A program on the standard streams.
     *
     * @param main its command, with subcommands
     */
    public static CommandLine of(Object main) {
        // Images and charts are drawn in memory, also where there is no display.
        System.setProperty("java.awt.headless", "true");
        // DJL reports its use over the network unless told not to.
        System.setProperty("OPT_OUT_TRACKING", "true");
        return new CommandLine(main)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Path.class, Program::path)
                .setExecutionStrategy(Program::execute)
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
