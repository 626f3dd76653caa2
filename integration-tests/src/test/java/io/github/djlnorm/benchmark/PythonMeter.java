package io.github.djlnorm.benchmark;

import com.google.gson.Gson;
import io.github.djlnorm.parity.PyTorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** PyTorch in Python, which times itself, so that neither its start nor its imports count. */
final class PythonMeter implements Meter {

    private static final String SCRIPT = "resnet_step.py";
    private static final double MICROSECONDS = 1e6;

    private final PyTorch torch;
    private final int threads;
    private final Size size;

    PythonMeter(PyTorch torch, int threads, Size size) {
        this.torch = torch;
        this.threads = threads;
        this.size = size;
    }

    /**
     * What the script tells.
     *
     * @param seconds of each step
     * @param shapes of what is trained, in the network's order
     */
    record Reply(List<Double> seconds, List<List<Long>> shapes) {}

    @Override
    public double measure(Trial trial) throws IOException {
        List<Double> seconds = ask(trial, size == Size.QUICK ? 2 : 12).seconds();
        return seconds.stream().mapToDouble(Double::doubleValue).average().orElseThrow()
                * MICROSECONDS;
    }

    Reply ask(Trial trial, int steps) throws IOException {
        Path folder = Files.createTempDirectory("djl-norm-benchmark");
        Path request = folder.resolve("request.json");
        Path reply = folder.resolve("reply.json");
        try {
            Files.writeString(request, new Gson().toJson(request(trial, steps)));
            torch.run(PythonMeter.class, SCRIPT, request, reply);
            return new Gson().fromJson(Files.readString(reply), Reply.class);
        } finally {
            Files.deleteIfExists(request);
            Files.deleteIfExists(reply);
            Files.delete(folder);
        }
    }

    private Map<String, Object> request(Trial trial, int steps) {
        return Map.of(
                "threads",
                threads,
                "shape",
                trial.shape().getShape(),
                "groups",
                trial.groups(),
                "layers",
                TrainingStep.LAYERS,
                "classes",
                TrainingStep.CLASSES,
                "learning_rate",
                TrainingStep.LEARNING_RATE,
                "momentum",
                TrainingStep.MOMENTUM,
                "warm_up",
                Math.min(3, steps),
                "steps",
                steps);
    }
}
