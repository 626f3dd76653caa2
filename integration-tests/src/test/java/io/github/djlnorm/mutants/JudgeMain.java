package io.github.djlnorm.mutants;

import io.github.djlnorm.parity.cases.Grid;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.verdict.Cell;
import io.github.djlnorm.parity.verdict.ParityRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the quick grid and test classes, each up to the first failure, in a process of its own.
 * Prints a line of what each came to.
 */
final class JudgeMain {

    /** The argument that asks for the grid, and the beginning of its line. */
    static final String GRID = "grid:";

    /** The beginning of the test classes' line. */
    static final String UNITS = "units:";

    private JudgeMain() {}

    public static void main(String[] args) {
        List<String> classes = new ArrayList<>(List.of(args));
        if (classes.remove(GRID)) {
            tell(GRID, grid());
        }
        if (!classes.isEmpty()) {
            units(classes);
            tell(UNITS, "");
        }
        Runtime.getRuntime().halt(0); // whatever threads a test has left
    }

    /** Returns what failed, or an empty text. */
    private static String grid() {
        try {
            ParityRun run = ParityRun.ofLibrary(Optional.empty());
            for (ParityCase one : Grid.quick()) {
                for (Cell cell : run.run(List.of(one), done -> {})) {
                    if (!cell.passed()) {
                        return cell.quantity() + " of " + one.name();
                    }
                }
            }
            return "";
        } catch (RuntimeException | Error e) {
            return e.toString();
        }
    }

    private static void units(List<String> classes) {
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(classes.stream().map(DiscoverySelectors::selectClass).toList())
                        .build();
        List<TestIdentifier> run = new ArrayList<>();
        LauncherFactory.create()
                .execute(
                        request,
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(
                                    TestIdentifier test, TestExecutionResult result) {
                                result.getThrowable().ifPresent(System.out::println);
                                if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                                    tell(UNITS, name(test));
                                    Runtime.getRuntime().halt(0);
                                }
                                if (test.isTest()) {
                                    run.add(test);
                                }
                            }
                        });
        if (run.isEmpty()) {
            throw new IllegalStateException("no tests in " + classes);
        }
    }

    private static String name(TestIdentifier test) {
        TestSource source = test.getSource().orElse(null);
        return source instanceof MethodSource method
                ? method.getJavaClass().getSimpleName() + "." + method.getMethodName()
                : test.getDisplayName();
    }

    private static void tell(String judge, String failure) {
        System.out.println(judge + failure);
        System.out.flush();
    }
}
