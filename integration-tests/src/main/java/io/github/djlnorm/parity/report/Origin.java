package io.github.djlnorm.parity.report;

import ai.djl.engine.Engine;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where, when and how a report was made, so that it can be made again.
 *
 * @param options the program's options that choose PyTorch
 * @param date when
 * @param machine on what
 * @param versions of what the figures depend on
 */
public record Origin(List<String> options, String date, String machine, String versions) {

    /** This machine, now. */
    public static Origin here(List<String> options) {
        return new Origin(
                options,
                ZonedDateTime.now(ZoneOffset.UTC)
                        .truncatedTo(ChronoUnit.SECONDS)
                        .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME),
                "%s %s, %d processors"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.arch"),
                                Runtime.getRuntime().availableProcessors()),
                "Java %s, DJL %s, libtorch %s"
                        .formatted(
                                System.getProperty("java.version"),
                                Engine.getDjlVersion(),
                                Engine.getEngine("PyTorch").getVersion()));
    }

    /** The command that runs the program with these options and others. */
    String command(String... more) {
        return "mvn -q -pl integration-tests -am compile exec:java -Dexec.args=\"%s\""
                .formatted(
                        String.join(
                                " ",
                                Stream.concat(options.stream(), Arrays.stream(more)).toList()));
    }
}
