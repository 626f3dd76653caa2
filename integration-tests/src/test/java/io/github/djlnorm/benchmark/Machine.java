package io.github.djlnorm.benchmark;

import ai.djl.engine.Engine;
import ai.djl.util.Platform;
import io.github.djlnorm.parity.python.PyTorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/** What the results depend on. */
final class Machine {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private Machine() {}

    static String describe(int threads, Optional<PyTorch> python) throws IOException {
        return ("%s, %d cores, %d threads; JDK %s; DJL %s, libtorch %s; JavaCPP's libtorch %s;"
                        + " ONNX Runtime %s; PyTorch in Python %s")
                .formatted(
                        cpu(),
                        Runtime.getRuntime().availableProcessors(),
                        threads,
                        System.getProperty("java.runtime.version"),
                        Engine.getDjlVersion(),
                        Platform.detectPlatform("pytorch").getVersion(),
                        Tensor.class.getPackage().getImplementationVersion(),
                        OnnxRuntime.find().map(OnnxRuntime::version).orElse("none"),
                        python.map(PyTorch::version).orElse("none"));
    }

    private static String cpu() throws IOException {
        if (Files.isReadable(CPU_INFO)) {
            try (Stream<String> lines = Files.lines(CPU_INFO)) {
                return lines.filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse(System.getProperty("os.arch"));
            }
        }
        return System.getProperty("os.arch");
    }
}
