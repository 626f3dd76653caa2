package io.github.djlnorm.benchmark;

import com.google.gson.Gson;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A program that times one trial by JMH, in its own process: JMH would start another one, but with
 * no other environment and class path than its own.
 */
final class Timing {

    private Timing() {}

    /** Prints the measurement as JSON, and JMH's own words on the error output. */
    public static void main(String[] args) throws RunnerException {
        Trial trial = Trial.parse(args[0]);
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .include("^" + Pattern.quote(Benchmarks.class.getName()) + "\\.")
                        .param("trial", args[0])
                        .forks(0)
                        .shouldFailOnError(true);
        follow(trial.work().schedule(), options);
        PrintStream log = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        // A stall of the machine is in one sample only.
        double median =
                new Runner(
                                options.build(),
                                OutputFormatFactory.createFormatInstance(log, VerboseMode.NORMAL))
                        .run()
                        .iterator()
                        .next()
                        .getPrimaryResult()
                        .getStatistics()
                        .getPercentile(50);
        System.out.println(new Gson().toJson(Benchmarks.told(median)));
    }

    private static void follow(Work.Schedule schedule, ChainedOptionsBuilder options) {
        if (schedule.equals(Work.Schedule.ONCE)) {
            options.mode(Mode.SingleShotTime).warmupIterations(0).measurementIterations(1);
            return;
        }
        options.mode(Mode.AverageTime)
                .warmupIterations(1)
                .warmupTime(milliseconds(schedule.warmUpMillis()))
                .measurementIterations(schedule.samples())
                .measurementTime(milliseconds(schedule.sampleMillis()));
    }

    private static TimeValue milliseconds(int milliseconds) {
        return new TimeValue(milliseconds, TimeUnit.MILLISECONDS);
    }
}
