package io.github.djlnorm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.internal.kernel.CpuLibrary;
import io.github.djlnorm.testing.OnPyTorch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OnPyTorch("it starts a process with libtorch")
class MemoryRetentionTest {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern RESULT = Pattern.compile("result (true|false) (-?\\d+)");
    private static final long ARRAY = 24L << 20;

    private String output;

    /** The process that the test starts. Tells how much of an array stays after it is closed. */
    public static void main(String[] args) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            manager.ones(new Shape(8)).close();
            boolean enabled = args.length > 0 && MemoryRetention.enable();
            long before = residentMemory();
            manager.ones(new Shape(ARRAY / Float.BYTES)).close();
            System.out.println("result " + enabled + " " + (residentMemory() - before));
        }
    }

    private static long residentMemory() throws IOException {
        Matcher line = RESIDENT.matcher(Files.readString(STATUS));
        return line.find() ? Long.parseLong(line.group(1)) << 10 : 0;
    }

    @Test
    void aProcessKeepsTheMemoryOfClosedArrays() throws Exception {
        assumeTrue(Files.exists(STATUS), "Linux tells what a process has");
        assumeTrue(CpuLibrary.isLoaded(), CpuLibrary.reason());

        Matcher enabled = run(List.of(), "enable");
        Matcher asEver = run(List.of());

        assertThat(enabled.group(1)).isEqualTo("true");
        assertThat(Long.parseLong(enabled.group(2))).isGreaterThan(ARRAY / 2);
        assertThat(asEver.group(1)).isEqualTo("false");
        assertThat(Long.parseLong(asEver.group(2))).isLessThan(ARRAY / 2);
    }

    @Test
    void itSaysWhyItHasNoEffect(@TempDir Path folder) throws Exception {
        assumeTrue(Files.exists(STATUS), "Linux tells what a process has");
        Path missing = folder.resolve("missing");

        Matcher result =
                run(
                        List.of(
                                "-Djava.io.tmpdir=" + missing,
                                "-Dorg.slf4j.simpleLogger.log.io.github.djlnorm=debug"),
                        "enable");

        assertThat(result.group(1)).isEqualTo("false");
        assertThat(output)
                .containsPattern("freed memory is given back to the system: .*" + missing);
    }

    private Matcher run(List<String> options, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(MemoryRetentionTest.class.getName());
        Collections.addAll(command, arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("MALLOC_"));
        Process process = builder.start();
        output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        Matcher result = RESULT.matcher(output);
        assertThat(result.find()).as(output).isTrue();
        return result;
    }
}
