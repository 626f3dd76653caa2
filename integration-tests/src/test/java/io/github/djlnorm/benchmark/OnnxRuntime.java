package io.github.djlnorm.benchmark;

import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;

/** ONNX Runtime, which only the Maven profile of the benchmarks compiles and brings along. */
interface OnnxRuntime {

    /**
     * Makes a net ready.
     *
     * @param file what PyTorch exported
     * @param input the input
     * @param threads how many threads work on an operator
     */
    Call open(Path file, Input input, int threads);

    String version();

    static Optional<OnnxRuntime> find() {
        return ServiceLoader.load(OnnxRuntime.class).findFirst();
    }

    /** Why there is none, if so. */
    static Optional<String> missing() {
        return find().isPresent()
                ? Optional.empty()
                : Optional.of("ONNX Runtime comes with the Maven profile 'benchmark' only");
    }
}
