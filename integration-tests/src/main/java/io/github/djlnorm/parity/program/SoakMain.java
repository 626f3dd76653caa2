package io.github.djlnorm.parity.program;

import io.github.djlnorm.parity.implementations.BlockRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs {@link Soak} for a time, and watches its results and the process's resident memory. */
@Command(
        name = "soak",
        sortOptions = false,
        description =
                "Random layers, shapes, threads, refusals, saves and loads for a time. Exits with 0"
                        + " if every result is right and memory stays flat, 1 if not, 2 for a"
                        + " wrong option.")
public final class SoakMain implements Callable<Integer> {

    private static final int ROUNDS_PER_LINE = 20;
    private static final int FEWEST_LOOKS = 8;
    private static final long ALLOWED_GROWTH_KIB = 64 * 1024;

    @Spec private CommandSpec spec;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How long, 1 or more. Default: 60",
            defaultValue = "60")
    private int minutes;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "So many rounds at most, 1 or more. Default: as many as fit")
    private int rounds = Integer.MAX_VALUE;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The seed of what is random. Default: 0",
            defaultValue = "0")
    private int seed;

    private final List<Long> memory = new ArrayList<>();

    private SoakMain() {}

    /**
     * Runs the program.
     *
     * @param args the options
     */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        // With more, libtorch's own threads change the order of sums from call to call.
        System.setProperty("ai.djl.pytorch.num_threads", "1");
        return Program.run(new SoakMain(), args);
    }

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        if (minutes < 1 || rounds < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--minutes and --rounds are 1 or more");
        }
        PrintWriter out = spec.commandLine().getOut();
        long end = System.nanoTime() + minutes * 60_000_000_000L;
        long failures = 0;
        try (Soak soak = new Soak(BlockRunner.ofLibrary(), seed)) {
            for (int round = 1; round <= rounds && System.nanoTime() < end; round++) {
                List<String> failed = soak.round();
                failures += failed.size();
                failed.forEach(out::println);
                if (round % ROUNDS_PER_LINE == 0 && ResidentMemory.isKnown()) {
                    System.gc(); // the Java heap's own growth is not what is asked for
                    memory.add(ResidentMemory.kib());
                    out.printf(
                            "%d rounds, %d failures, %d MiB%n",
                            round, failures, memory.get(memory.size() - 1) / 1024);
                }
                out.flush();
            }
        }
        String growth = growth(memory);
        boolean passed = failures == 0 && !growth.startsWith("GREW");
        out.printf("memory %s; %d failures: %s%n", growth, failures, passed ? "PASSED" : "FAILED");
        out.flush();
        return passed ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /** Compares the least of the second half with the most of the first quarter, a warm-up. */
    static String growth(List<Long> kib) {
        if (kib.size() < FEWEST_LOOKS) {
            return "not judged, of a run this short";
        }
        long most = kib.stream().limit(kib.size() / 4).mapToLong(Long::longValue).max().orElse(0);
        long least = kib.stream().skip(kib.size() / 2).mapToLong(Long::longValue).min().orElse(0);
        return least - most > ALLOWED_GROWTH_KIB
                ? "GREW by %d MiB".formatted((least - most) / 1024)
                : "flat";
    }
}
