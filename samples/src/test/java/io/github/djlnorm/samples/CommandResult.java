package io.github.djlnorm.samples;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a run of the program printed, and its exit status. */
public record CommandResult(int status, String out, String err) {

    public static CommandResult of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status =
                Main.run(
                        Main.program()
                                .setOut(new PrintWriter(out, true))
                                .setErr(new PrintWriter(err, true)),
                        args);
        return new CommandResult(status, out.toString(), err.toString());
    }
}
