package io.github.djlnorm.mutants;

import io.github.djlnorm.benchmark.OwnClassPath;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes each mistake of mutants.txt in a copy of the library and tells who catches it: the unit
 * tests that the list names, and the quick grid against the formula in double precision and
 * libtorch. Prints the table, writes it to target/mutants, and ends with status 1 if too many
 * survive.
 */
public final class MutantsMain {

    private static final int SECONDS = 120;
    private static final int DIED = 128; // by a signal, where a status is larger
    private static final double AIM = 0.95;

    private final Path root = root();
    private final Path out = root.getParent().resolve("integration-tests/target/mutants");
    private final String classPath =
            Stream.concat(
                            Stream.of(root.resolve("target/test-classes").toString()),
                            OwnClassPath.entries().stream())
                    .collect(Collectors.joining(File.pathSeparator));

    private MutantsMain() {}

    /**
     * Runs the program.
     *
     * @param args names of mutants, or none for all
     * @throws IOException if a file cannot be read or written
     * @throws InterruptedException if the program is interrupted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        List<String> names = List.of(args);
        List<Mutant> all = Mutant.all();
        for (String name : names) {
            if (all.stream().noneMatch(mutant -> mutant.name().equals(name))) {
                System.err.println("no mutant " + name + "; mutants.txt has the names");
                System.exit(2);
            }
        }
        List<Mutant> chosen =
                all.stream().filter(m -> names.isEmpty() || names.contains(m.name())).toList();
        if (!new MutantsMain().run(chosen)) {
            System.exit(1);
        }
    }

    /** The library's folder, from the project's or from that of this module. */
    static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return (here.endsWith("integration-tests") ? here.getParent() : here).resolve("src");
    }

    private boolean run(List<Mutant> mutants) throws IOException, InterruptedException {
        Files.createDirectories(out);
        checkThatNothingFailsWithoutMistake(mutants);
        int killed = 0;
        try (PrintStream table =
                new PrintStream(
                        Files.newOutputStream(out.resolve("table.md")),
                        false,
                        StandardCharsets.UTF_8)) {
            row(table, "| mutant | unit tests | quick grid |");
            row(table, "|---|---|---|");
            for (Mutant mutant : mutants) {
                Path overlay = Files.createTempDirectory("overlay");
                try {
                    MutantBuild.run(mutant, root.getParent(), overlay, classPath);
                    String path = overlay + File.pathSeparator + classPath;
                    String grid = judge(path, JudgeMain.GRID, testClasses(mutant), SECONDS);
                    String units = answer(JudgeMain.UNITS);
                    if (units == null) { // the grid had no end
                        units = judge(path, JudgeMain.UNITS, testClasses(mutant), SECONDS);
                    }
                    killed += units.isEmpty() && grid.isEmpty() ? 0 : 1;
                    row(
                            table,
                            "| %s: %s | %s | %s |"
                                    .formatted(
                                            mutant.name(),
                                            mutant.why(),
                                            shown(units),
                                            shown(grid)));
                } finally {
                    MutantBuild.delete(overlay);
                }
            }
            row(table, "");
            row(table, "%d of %d killed".formatted(killed, mutants.size()));
        }
        return killed >= AIM * mutants.size();
    }

    private static void row(PrintStream table, String row) {
        System.out.println(row);
        table.println(row);
        table.flush();
    }

    private static String shown(String killer) {
        return killer.isEmpty() ? "-" : killer;
    }

    /** A test that fails anyway would kill every mutant. */
    private void checkThatNothingFailsWithoutMistake(List<Mutant> mutants)
            throws IOException, InterruptedException {
        TreeSet<String> tests = new TreeSet<>();
        for (Mutant mutant : mutants) {
            tests.addAll(testClasses(mutant));
        }
        String failure =
                judge(classPath, JudgeMain.GRID, List.copyOf(tests), 5 * SECONDS)
                        + answer(JudgeMain.UNITS);
        if (!failure.isEmpty()) {
            throw new IllegalStateException("fails without a mistake: " + failure);
        }
    }

    private List<String> testClasses(Mutant mutant) throws IOException {
        List<String> classes = new ArrayList<>();
        for (String test : mutant.tests()) {
            classes.add(testClass(test));
        }
        return classes;
    }

    private String testClass(String simpleName) throws IOException {
        Path tests = root.resolve("test/java");
        try (Stream<Path> files = Files.walk(tests)) {
            return files.filter(file -> file.endsWith(simpleName + ".java"))
                    .map(file -> tests.relativize(file).toString())
                    .map(file -> file.replace(".java", "").replace(File.separator, "."))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no test " + simpleName));
        }
    }

    /**
     * Runs the tests, after the grid if that is the judge who is asked first.
     *
     * @return what failed before that judge, or an empty text
     */
    private String judge(String path, String first, List<String> tests, int seconds)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Most of these processes end before code that is compiled twice would pay.
        command.addAll(List.of("-Xmx2g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of("-DOPT_OUT_TRACKING=true", "-Dai.djl.pytorch.num_threads=2"));
        command.addAll(List.of("-cp", path, JudgeMain.class.getName()));
        if (first.equals(JudgeMain.GRID)) {
            command.add(first);
        }
        command.addAll(tests);
        Process process =
                new ProcessBuilder(command)
                        .directory(root.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log().toFile())
                        .start();
        boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        int status = process.exitValue();
        if (status != 0 && status <= DIED) {
            throw new IllegalStateException("no judgement; " + log() + " tells why");
        }
        String answer = answer(first);
        if (answer != null && answer(JudgeMain.UNITS) == null) {
            Files.writeString(
                    log(), "\n" + JudgeMain.UNITS + end(ended), StandardOpenOption.APPEND);
        }
        return answer == null ? end(ended) : answer;
    }

    private static String end(boolean ended) {
        return ended ? "the process died" : "no end";
    }

    private Path log() {
        return out.resolve("log.txt");
    }

    /** What a judge has written into the log, or null. */
    private String answer(String judge) throws IOException {
        return Files.readString(log())
                .lines()
                .filter(line -> line.startsWith(judge))
                .map(line -> line.substring(judge.length()))
                .findFirst()
                .orElse(null);
    }
}
