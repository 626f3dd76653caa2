package io.github.djlnorm.mutants;

import io.github.djlnorm.parity.cases.Grid;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.verdict.Cell;
import io.github.djlnorm.parity.verdict.ParityRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the quick grid, or test classes, in a process of its own and ends with the first failure:
 * status {@value #KILLED} after a line that tells what failed, 0 if nothing did.
 */
final class JudgeMain {

    static final int KILLED = 3;
    static final String KILLER = "killed by ";

    private JudgeMain() {}

    public static void main(String[] args) {
        if (args.length > 0) {
            units(args);
        } else {
            try {
                grid();
            } catch (RuntimeException | Error e) {
                end(e.toString());
            }
        }
        System.exit(0); // whatever threads a test has left
    }

    private static void grid() {
        ParityRun run = ParityRun.ofLibrary(Optional.empty());
        for (ParityCase one : Grid.quick()) {
            for (Cell cell : run.run(List.of(one), done -> {})) {
                if (!cell.passed()) {
                    end(cell.quantity() + " of " + one.name());
                }
            }
        }
    }

    private static void units(String... classes) {
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(
                                Arrays.stream(classes)
                                        .map(DiscoverySelectors::selectClass)
                                        .toList())
                        .build();
        List<TestIdentifier> run = new ArrayList<>();
        LauncherFactory.create()
                .execute(
                        request,
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(
                                    TestIdentifier test, TestExecutionResult result) {
                                result.getThrowable().ifPresent(JudgeMain::tell);
                                if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                                    end(name(test));
                                }
                                if (test.isTest()) {
                                    run.add(test);
                                }
                            }
                        });
        if (run.isEmpty()) {
            throw new IllegalStateException("no tests in " + Arrays.toString(classes));
        }
    }

    private static String name(TestIdentifier test) {
        String legacy = test.getUniqueId().replaceAll(".*\\[class:([^]]*)\\]", "$1");
        return legacy.replaceAll(".*\\.", "").replaceAll("/\\[[a-z-]+:([^](]*)[^]]*\\]", ".$1");
    }

    private static void tell(Throwable thrown) {
        System.out.println(thrown);
    }

    private static void end(String killer) {
        System.out.println(KILLER + killer);
        System.out.flush();
        Runtime.getRuntime().halt(KILLED);
    }
}
