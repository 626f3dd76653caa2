package io.github.djlnorm.parity.program;

import io.github.djlnorm.parity.cases.Grid;
import io.github.djlnorm.parity.cases.Layer;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.implementations.BorderlineConfiguration;
import io.github.djlnorm.parity.implementations.TorchModules;
import io.github.djlnorm.parity.python.PyTorch;
import io.github.djlnorm.parity.python.PyTorchSearch;
import io.github.djlnorm.parity.report.CaseSheet;
import io.github.djlnorm.parity.report.Charts;
import io.github.djlnorm.parity.report.ConsoleTable;
import io.github.djlnorm.parity.report.CsvReport;
import io.github.djlnorm.parity.report.HtmlReport;
import io.github.djlnorm.parity.report.JsonReport;
import io.github.djlnorm.parity.report.Origin;
import io.github.djlnorm.parity.report.ParityReport;
import io.github.djlnorm.parity.verdict.Cell;
import io.github.djlnorm.parity.verdict.ParityRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The parity program: compares every layer, group count and mode with PyTorch. */
@Command(
        name = "parity",
        sortOptions = false,
        description =
                "Compares djl-norm's layers with PyTorch's and writes a report. Exits with 0 if all"
                        + " pass, 1 if not, 2 for a wrong option.")
public final class ParityMain implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(names = "--full", description = "The grid that takes minutes, not seconds.")
    private boolean full;

    @Option(names = "--case", paramLabel = "NAME", description = "Tell everything of one case.")
    private String caseName;

    @Option(
            names = "--image",
            paramLabel = "NAME",
            description = "The container image with PyTorch; pulled if need be.")
    private String image;

    @Option(
            names = "--python",
            paramLabel = "COMMAND",
            description =
                    "A Python of this machine with PyTorch and NumPy, instead of a container.")
    private String python;

    @Option(names = "--no-pytorch", description = "Compare with libtorch in this process only.")
    private boolean noPyTorch;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The seed of all random values but a named case's. Default: 0",
            defaultValue = "0")
    private int seed;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description =
                    "Where the report goes, or a case's sheet. Default: for a report"
                            + " ${sys:parity.out:-target/parity}, for a sheet nowhere")
    private Path out;

    private ParityMain() {}

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
        // Arrays this small are not worth a second thread, least of all on a busy machine.
        System.setProperty(
                "ai.djl.pytorch.num_threads",
                System.getProperty("ai.djl.pytorch.num_threads", "1"));
        return Program.run(new ParityMain(), args);
    }

    @Override
    public Integer call() throws IOException {
        Optional<ParityCase> one = namedCase();
        if (one.isPresent() && (full || seed != 0)) {
            throw new ParameterException(
                    spec.commandLine(), "--case names all of a case; leave out --full and --seed");
        }
        if ((noPyTorch ? 1 : 0) + (image != null ? 1 : 0) + (python != null ? 1 : 0) > 1) {
            throw new ParameterException(
                    spec.commandLine(), "--image, --python and --no-pytorch exclude each other");
        }
        PyTorchSearch search =
                noPyTorch
                        ? new PyTorchSearch(Optional.empty(), "--no-pytorch was given")
                        : PyTorchSearch.run(python, image);
        try (PyTorch torch = search.torch().orElse(null)) {
            if (torch == null && (image != null || python != null)) {
                spec.commandLine().getErr().println(search.missing());
                return CommandLine.ExitCode.SOFTWARE;
            }
            ParityRun comparison = ParityRun.ofLibrary(Optional.ofNullable(torch));
            return one.isPresent()
                    ? tell(one.get(), comparison)
                    : report(comparison, torch, search.missing());
        }
    }

    private Optional<ParityCase> namedCase() {
        try {
            return Optional.ofNullable(caseName).map(ParityCase::parse);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private int tell(ParityCase one, ParityRun comparison) throws IOException {
        List<Cell> cells = comparison.run(List.of(one), done -> {});
        String sheet = CaseSheet.of(one, cells);
        print(sheet);
        if (out != null) {
            Files.createDirectories(out);
            Files.writeString(out.resolve("case.txt"), sheet);
        }
        return cells.stream().allMatch(Cell::passed) ? 0 : 1;
    }

    private int report(ParityRun comparison, PyTorch torch, String missing) throws IOException {
        List<ParityCase> cases = full ? Grid.full(seed) : Grid.quick(seed);
        List<String> notes = new ArrayList<>();
        if (torch == null) {
            notes.add("left out: layers of real PyTorch, since " + missing);
        } else {
            for (Layer layer : TorchModules.missing(torch)) {
                notes.add(
                        "left out: %s of real PyTorch, since %s has none and %s is the first"
                                .formatted(layer.title(), torch.version(), layer.since()));
            }
        }
        long start = System.nanoTime();
        List<Cell> cells;
        try (ProgressBar bar = progressBar(cases.size())) {
            cells = comparison.run(cases, bar::stepBy);
        }
        ParityReport report =
                new ParityReport(
                        "%s grid of seed %d".formatted(full ? "full" : "quick", seed),
                        cells,
                        BorderlineConfiguration.tryAll(Optional.ofNullable(torch)),
                        comparison.tallies(cases, cells),
                        notes,
                        cases.size(),
                        (System.nanoTime() - start) / 1e9,
                        Origin.here(torch == null ? List.of("--no-pytorch") : torch.options()));
        print(ConsoleTable.of(report));
        write(report);
        return report.passed() ? 0 : 1;
    }

    /** Draws on a terminal only, so that logs stay readable. */
    private static ProgressBar progressBar(int cases) {
        ProgressBarBuilder builder =
                ProgressBar.builder()
                        .setTaskName("comparing")
                        .setUnit(" cases", 1)
                        .setInitialMax(cases);
        if (!Ansi.AUTO.enabled()) {
            builder.setConsumer(new DelegatingProgressBarConsumer(line -> {}));
        }
        return builder.build();
    }

    private void write(ParityReport report) throws IOException {
        if (out == null) {
            out = Path.of(System.getProperty("parity.out", "target/parity"));
        }
        Files.createDirectories(out);
        CsvReport.write(report, out.resolve("parity.csv"));
        JsonReport.write(report, out.resolve("parity.json"));
        HtmlReport.write(report, out.resolve("parity.html"));
        Charts.writeHeatMap(report, out.resolve("heatmap.png"));
        print("report: " + out.resolve("parity.html") + System.lineSeparator());
    }

    private void print(String text) {
        PrintWriter writer = spec.commandLine().getOut();
        writer.print(text);
        writer.flush();
    }
}
