package io.github.djlnorm.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** JMH, in a fresh process for each measurement. */
final class JmhMeter implements Meter {

    private static final int FIRST_CALLS = 3;

    private final int threads;
    private final Size size;
    private final PrintStream log;

    JmhMeter(int threads, Size size, PrintStream log) {
        this.threads = threads;
        this.size = size;
        this.log = log;
        System.setProperty("java.class.path", ChildJvm.classPath()); // JMH starts processes with it
    }

    @Override
    public double measure(Trial trial) throws IOException {
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .include("^" + Pattern.quote(Benchmarks.class.getName()) + "\\.")
                        .param("contestant", trial.contestant().name())
                        .param("work", trial.work().name())
                        .param("shape", trial.dimensions())
                        .param("groups", Integer.toString(trial.groups()))
                        .jvmArgs(ChildJvm.arguments(threads).toArray(String[]::new))
                        .jvmArgsAppend(compilation(trial.work()))
                        .shouldFailOnError(true);
        schedule(options, trial.work());
        try {
            Collection<RunResult> results =
                    new Runner(
                                    options.build(),
                                    OutputFormatFactory.createFormatInstance(
                                            log, VerboseMode.NORMAL))
                            .run();
            // A stall of the machine is in one iteration only.
            return results.iterator().next().getPrimaryResult().getStatistics().getPercentile(50);
        } catch (RunnerException e) {
            throw new IOException(trial.contestant().label() + " failed, as jmh.log tells", e);
        }
    }

    /**
     * What is to be compiled is waited for, since libtorch's threads wait busily for each other and
     * leave the compiler no core; but a first call would wait for all it calls.
     */
    private static String[] compilation(Work work) {
        return work == Work.FIRST_CALL ? new String[0] : new String[] {"-Xbatch"};
    }

    private void schedule(ChainedOptionsBuilder options, Work work) {
        boolean quick = size == Size.QUICK;
        switch (work) {
            case FIRST_CALL ->
                    options.mode(Mode.SingleShotTime)
                            .warmupIterations(0)
                            .measurementIterations(1)
                            .forks(quick ? 1 : FIRST_CALLS);
            // The JVM needs some hundred steps to compile all that a step calls.
            case STEP -> averages(options, quick ? 2 : 12, quick ? 200 : 1000, quick ? 1 : 4);
            // A layer's call is compiled anew for a second and a half.
            default -> averages(options, quick ? 1 : 8, quick ? 100 : 200, quick ? 2 : 4);
        }
    }

    private static void averages(
            ChainedOptionsBuilder options, int warmUps, int milliseconds, int measurements) {
        TimeValue time = new TimeValue(milliseconds, TimeUnit.MILLISECONDS);
        options.mode(Mode.AverageTime)
                .warmupIterations(warmUps)
                .warmupTime(time)
                .measurementIterations(measurements)
                .measurementTime(time)
                .forks(1);
    }
}
