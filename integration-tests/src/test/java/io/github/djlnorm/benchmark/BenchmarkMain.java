package io.github.djlnorm.benchmark;

import io.github.djlnorm.parity.Program;
import io.github.djlnorm.parity.PyTorch;
import io.github.djlnorm.parity.PyTorchSearch;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The benchmark program. */
@Command(
        name = "benchmark",
        sortOptions = false,
        description = {
            "Times djl-norm's layers as ratios to others, and writes a table and a chart. Exits with"
                    + " 0 whatever the times are, 1 if a measurement fails, 2 for a wrong option."
                    + " From the project's root:",
            "mvn -q -pl integration-tests -am -Pbenchmark test-compile exec:java -Dexec.args=--quick"
        })
public final class BenchmarkMain implements Callable<Integer> {

    private static final int DEFAULT_ROUNDS = 3;

    private static final String OUT = "benchmark.out";
    private static final String DEFAULT_OUT = "target/benchmark";

    @Spec private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Tell this.")
    @SuppressWarnings("unused") // picocli reads it
    private boolean help;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often everything is measured. Default: 3, or 1 with --quick.")
    private Integer rounds;

    @Option(names = "--full", description = "All shapes and group counts, which takes hours.")
    private boolean full;

    @Option(names = "--quick", description = "Only to see that all runs; the times mean nothing.")
    private boolean quick;

    @Option(
            names = "--only",
            paramLabel = "PATTERN",
            description = "The comparisons whose name has this, such as 'group-norm forward'.")
    private Pattern only = Pattern.compile("");

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "libtorch's threads. Default: the number of cores.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin private PythonOptions python;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Where the table and the chart go. Default: ${DEFAULT-VALUE}",
            defaultValue = "${sys:" + OUT + ":-" + DEFAULT_OUT + "}")
    private Path out;

    private BenchmarkMain() {}

    /**
     * Runs the program.
     *
     * @param args the options
     * @throws IOException if no process can be started
     * @throws InterruptedException if it is interrupted while another process does the work
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        int status =
                Allocator.keepsMemory()
                        ? run(args)
                        : ChildJvm.runKeepingMemory(
                                List.of("-D" + OUT + "=" + System.getProperty(OUT, DEFAULT_OUT)),
                                BenchmarkMain.class,
                                List.of(args));
        if (status != 0) {
            System.exit(status);
        }
    }

    static int run(String... args) {
        return Program.run(new BenchmarkMain(), args);
    }

    @Override
    public Integer call() throws IOException {
        require(!(full && quick), "--full and --quick exclude each other");
        require(rounds == null || rounds > 0, "--rounds must be 1 or more");
        require(threads > 0, "--threads must be 1 or more");
        Size size = quick ? Size.QUICK : full ? Size.FULL : Size.DEFAULT;
        List<Row> rows = Comparison.rows(only, size);
        require(!rows.isEmpty(), "no comparison has '" + only + "' in its name");
        Files.createDirectories(out);
        PyTorchSearch search = python.search(rows);
        try (PyTorch torch = search.torch().orElse(null);
                PrintStream log = log()) {
            run(rows, new Meters(threads, size, log, search), torch);
        }
        return CommandLine.ExitCode.OK;
    }

    private void run(List<Row> rows, Meters meters, PyTorch torch) throws IOException {
        List<Row> possible = rows.stream().filter(row -> meters.missing(row).isEmpty()).toList();
        Set<String> notes = meters.leftOut(rows);
        notes.forEach(this::print);
        List<Result> results = new Tournament(meters, this::print).run(possible, rounds());
        String machine = Machine.describe(threads, Optional.ofNullable(torch));
        print(Report.write(results, machine, notes, out));
    }

    private int rounds() {
        return rounds != null ? rounds : quick ? 1 : DEFAULT_ROUNDS;
    }

    private PrintStream log() throws IOException {
        return new PrintStream(
                Files.newOutputStream(out.resolve("jmh.log")), true, StandardCharsets.UTF_8);
    }

    private void require(boolean holds, String rule) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), rule);
        }
    }

    private void print(String line) {
        PrintWriter writer = spec.commandLine().getOut();
        writer.println(line);
        writer.flush();
    }
}
