package io.github.djlnorm.benchmark;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What JMH times: one trial in each process, whose four parts are the parameters. */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Benchmarks {

    private static final int CALLS_TO_COMPILE = 15_000;

    /** The name of the contestant. */
    @Param("GROUP_NORM")
    public String contestant;

    /** The name of the work. */
    @Param("FORWARD")
    public String work;

    /** The input's dimensions. */
    @Param("8x64x32x32")
    public String shape;

    /** The number of groups. */
    @Param("32")
    public String groups;

    private Call call;

    /** Makes the contestant ready, which is not timed. */
    @Setup
    public void open() {
        Trial trial = Trial.of(contestant, work, shape, groups);
        if (trial.work() == Work.FORWARD || trial.work() == Work.BACKWARD) {
            compile(trial.tiny());
        }
        call = trial.open();
    }

    /** Calls until the JVM has compiled what is called, which large tensors would take long for. */
    private static void compile(Trial tiny) {
        try (Call small = tiny.open()) {
            for (int i = 0; i < CALLS_TO_COMPILE; i++) {
                small.run();
            }
        }
    }

    /** Does the work once. */
    @Benchmark
    public void call() {
        call.run();
    }

    /** Releases what the contestant holds. */
    @TearDown
    public void close() {
        call.close();
    }
}
