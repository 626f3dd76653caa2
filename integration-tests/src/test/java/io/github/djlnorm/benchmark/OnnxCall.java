package io.github.djlnorm.benchmark;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A net that PyTorch exported, in ONNX Runtime, which is an engine of DJL. */
final class OnnxCall implements Call {

    static final String ENGINE = "OnnxRuntime";
    private static final String FOLDER = "benchmark.onnx";

    private final Model model = Model.newInstance("benchmark", ENGINE);
    private final ParameterStore store = new ParameterStore(model.getNDManager(), false);
    private final NDList x;

    OnnxCall(Trial trial) {
        this(trial, Path.of(System.getProperty(FOLDER)));
    }

    OnnxCall(Trial trial, Path folder) {
        String threads = Integer.toString(Threads.ofThisProcess());
        Path file = file(folder, trial);
        try {
            model.load(file, null, Map.of("intraOpNumThreads", threads));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedModelException e) {
            throw new IllegalArgumentException(file.toString(), e);
        }
        x = new NDList(model.getNDManager().create(Data.x(trial.input()), trial.input().shape()));
    }

    /** Why there is none, if so. */
    static Optional<String> missing() {
        return Engine.hasEngine(ENGINE)
                ? Optional.empty()
                : Optional.of("ONNX Runtime comes with the Maven profile 'benchmark' only");
    }

    /** The runtime's, since the engine tells the one that it was built with. */
    static String version() {
        Engine.getEngine(ENGINE);
        return OnnxCall.class
                .getClassLoader()
                .getDefinedPackage("ai.onnxruntime")
                .getImplementationVersion();
    }

    /** Tells a process where the nets are. */
    static String argument(Path folder) {
        return "-D" + FOLDER + "=" + folder.toAbsolutePath();
    }

    static Path file(Path folder, Trial trial) {
        return folder.resolve(
                trial.contestant().net().inPython() + "-" + trial.input().dimensions() + ".onnx");
    }

    @Override
    public void run() {
        step().close();
    }

    private NDList step() {
        return model.getBlock().forward(store, x, false);
    }

    @Override
    public List<float[]> numbers() {
        try (NDList y = step()) {
            return List.of(y.singletonOrThrow().toFloatArray());
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
