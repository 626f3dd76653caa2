package io.github.djlnorm.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlnorm.testing.OnPyTorch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be the first that a process asks for, before DJL has loaded its native library. */
@OnPyTorch("it loads libtorch")
class FirstCallTest {

    private static final Map<String, Supplier<Object>> CALLS =
            Map.of(
                    "numThreads", TorchFunction::numThreads,
                    "newCpuManager", TorchFunction::newCpuManager,
                    "of",
                            () ->
                                    TorchFunction.of(
                                            "def forward(self, x: Tensor) -> Tensor:\n  return x\n",
                                            Map.of()));

    /** The process that the test starts. */
    public static void main(String[] args) {
        System.out.println("result " + CALLS.get(args[0]).get());
    }

    @ParameterizedTest
    @ValueSource(strings = {"numThreads", "newCpuManager", "of"})
    void loadsTheLibrary(String call) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                FirstCallTest.class.getName(),
                                call)
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("result ");
    }
}
