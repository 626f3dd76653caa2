package io.github.djlnorm.benchmark;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/** What JMH times: one trial in each process. */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Benchmarks {

    private static final int CALLS_TO_COMPILE = 15_000;
    private static final int TINY_HEIGHT = 3;

    // JMH makes the object, and tells nobody about it.
    private static long callsBefore = -1;
    private static String kernel = "";

    /** The trial, as it is written. */
    @Param("GROUP_NORM FORWARD 8x64x32x32/32")
    public String trial;

    private Call call;
    private long calls;

    static Measurement told(double microseconds) {
        return new Measurement(microseconds, Math.max(0, callsBefore), kernel);
    }

    /** Makes the contestant ready, which is not timed. */
    @Setup
    public void open() {
        Trial parsed = Trial.parse(trial);
        if (parsed.work() == Work.FORWARD || parsed.work() == Work.BACKWARD) {
            compile(parsed.with(parsed.input().tiny(TINY_HEIGHT)));
        }
        call = parsed.open();
    }

    /** Calls until the JVM has compiled what is called, which large tensors would take long for. */
    private void compile(Trial tiny) {
        try (Call small = tiny.open()) {
            for (; calls < CALLS_TO_COMPILE; calls++) {
                small.run();
            }
        }
    }

    /** Notes how warm it is when the time begins to count. */
    @Setup(Level.Iteration)
    public void count(IterationParams iteration) {
        if (iteration.getType() == IterationType.MEASUREMENT && callsBefore < 0) {
            callsBefore = calls;
        }
    }

    /** Does the work once. */
    @Benchmark
    public void call() {
        call.run();
        calls++;
    }

    /** Releases what the contestant holds. */
    @TearDown
    public void close() {
        kernel = Trial.parse(trial).kernel(call);
        call.close();
    }
}
