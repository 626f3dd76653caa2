package io.github.djlnorm.benchmark;

import io.github.djlnorm.parity.program.Program;
import io.github.djlnorm.parity.python.PyTorch;
import io.github.djlnorm.parity.python.PyTorchSearch;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
            names = "--rounds",
            paramLabel = "N",
            description = "How often everything is measured. Default: 3, or 1 with --quick.")
    private Integer rounds;

    @Option(
            names = "--quick",
            description = "The rows of the page, one round; as warm as otherwise.")
    private boolean quick;

    @Option(
            names = "--only",
            paramLabel = "PATTERN",
            description = "The rows that have this, such as 'group-norm forward.*1x8x4x4'.")
    private Pattern only = Pattern.compile("");

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "One or more of: ${COMPLETION-CANDIDATES}. Default: all.")
    private Set<Group> groups = EnumSet.allOf(Group.class);

    @Option(
            names = "--baseline",
            paramLabel = "CLASSPATH",
            description =
                    "The classes or the jar of another version of djl-norm, to compare with:"
                            + " its layers and nets run in ours' place.")
    private String baseline;

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
     */
    public static void main(String[] args) {
        int status = run(args);
        if (status != 0) {
            System.exit(status);
        }
    }

    static int run(String... args) {
        return Program.run(new BenchmarkMain(), args);
    }

    @Override
    public Integer call() throws IOException {
        require(rounds == null || rounds > 0, "--rounds must be 1 or more");
        require(threads > 0, "--threads must be 1 or more");
        List<String> lacking = lacking();
        require(lacking.isEmpty(), "--baseline: there is no " + lacking);
        List<Row> rows = rows();
        require(!rows.isEmpty(), "no row is in " + groups + " and has '" + only + "'");
        Files.createDirectories(out);
        PyTorchSearch search = python.search(rows);
        try (PyTorch torch = search.torch().orElse(null)) {
            run(rows, new Meters(jvm(), search), torch);
        }
        return CommandLine.ExitCode.OK;
    }

    private void run(List<Row> rows, Meters meters, PyTorch torch) throws IOException {
        List<Row> possible = rows.stream().filter(row -> meters.missing(row).isEmpty()).toList();
        List<String> notes = meters.leftOut(rows);
        notes.forEach(this::print);
        List<Result> results = new Tournament(meters, this::print).run(possible, rounds());
        String machine = Machine.describe(threads, Optional.ofNullable(torch));
        print(Report.write(results, machine, notes, out));
    }

    private int rounds() {
        return rounds != null ? rounds : quick ? 1 : DEFAULT_ROUNDS;
    }

    private List<Row> rows() {
        return Comparison.allRows()
                .filter(row -> groups.contains(row.comparison().group()))
                .filter(row -> only.matcher(row.label()).find())
                .filter(row -> !quick || row.onPage())
                .toList();
    }

    private List<String> lacking() {
        return baseline == null
                ? List.of()
                : Stream.of(baseline.split(File.pathSeparator))
                        .filter(entry -> !Files.exists(Path.of(entry)))
                        .toList();
    }

    private ChildJvm jvm() throws IOException {
        Path log = out.resolve("processes.log");
        Files.deleteIfExists(log);
        return new ChildJvm(threads, Optional.ofNullable(baseline), out.resolve("onnx"), log);
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
