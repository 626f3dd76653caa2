package io.github.djlnorm.parity.program;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How the programs that measure are run. */
public final class Program {

    private Program() {}

    /** What each of the programs can tell of itself. */
    private static final class Help {

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                order = -2, // before those of the program
                description = "Tell this.")
        @SuppressWarnings("unused") // picocli reads it
        private boolean help;
    }

    /**
     * Runs a command without a display and without a word over the network.
     *
     * @param command a command with picocli's annotations
     * @param args its options; a wrong one costs one line on the error output
     * @return the exit status: the command's own, or 2 for a wrong option
     */
    public static int run(Callable<Integer> command, String... args) {
        System.setProperty("java.awt.headless", "true");
        // DJL reports its use over the network unless told not to.
        System.setProperty("OPT_OUT_TRACKING", "true");
        return new CommandLine(command)
                .addMixin("help", new Help())
                .setParameterExceptionHandler(Program::complain)
                .execute(args);
    }

    private static int complain(ParameterException e, String[] args) {
        e.getCommandLine().getErr().println(e.getMessage() + "; try --help");
        return CommandLine.ExitCode.USAGE;
    }
}
