package io.github.djlnorm.samples;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a command printed, and its exit status. */
public record CommandResult(int status, String out, String err) {

    /** Runs a command of the program in this process. */
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

    /** Runs a process until it ends. */
    static CommandResult of(ProcessBuilder builder) throws IOException, InterruptedException {
        Path out = Files.createTempFile("out", ".txt");
        Path err = Files.createTempFile("err", ".txt");
        try {
            int status =
                    builder.redirectOutput(out.toFile())
                            .redirectError(err.toFile())
                            .start()
                            .waitFor();
            return new CommandResult(status, Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
