package io.github.djlnorm.parity.program;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** How the programs that measure are run. */
public final class Program {

    private Program() {}

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
                .setParameterExceptionHandler(Program::complain)
                .execute(args);
    }

    private static int complain(ParameterException e, String[] args) {
        e.getCommandLine().getErr().println(e.getMessage() + "; try --help");
        return CommandLine.ExitCode.USAGE;
    }
}
