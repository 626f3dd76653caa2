package io.github.djlnorm.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.google.gson.Gson;
import io.github.djlnorm.parity.python.PyTorch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The nets in Python, which time themselves, so that neither their start nor imports count. */
final class PythonNets implements Meter {

    private static final String SCRIPT = "nets.py";

    private final PyTorch torch;
    private final int threads;

    PythonNets(PyTorch torch, int threads) {
        this.torch = torch;
        this.threads = threads;
    }

    @Override
    public Measurement measure(Trial trial) throws IOException {
        return measure(trial, trial.work().schedule());
    }

    Measurement measure(Trial trial, Work.Schedule schedule) throws IOException {
        Path folder = Files.createTempDirectory("djl-norm-benchmark");
        Path reply = folder.resolve("reply.json");
        try {
            run("time", trial, schedule, new NDList(), reply);
            return new Gson().fromJson(Files.readString(reply), Measurement.class);
        } finally {
            Files.deleteIfExists(reply);
            Files.delete(folder);
        }
    }

    /**
     * Has a net exported to a file of ONNX.
     *
     * @param weights what is trained in it, in its order, or nothing
     */
    void export(Trial trial, NDList weights, Path file) throws IOException {
        run("export", trial, Work.Schedule.ONCE, weights, file);
    }

    /** Has the output for a trial's input written to a file of NumPy. */
    void predict(Trial trial, NDList weights, Path file) throws IOException {
        run("predict", trial, Work.Schedule.ONCE, weights, file);
    }

    private void run(String task, Trial trial, Work.Schedule schedule, NDList weights, Path reply)
            throws IOException {
        Path request = Files.createTempFile("djl-norm-benchmark", ".npz");
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                OutputStream out = Files.newOutputStream(request)) {
            NDList arrays = new NDList();
            add(arrays, "settings", manager.create(settings(task, trial, schedule)));
            add(arrays, "x", manager.create(Data.x(trial.input()), trial.input().shape()));
            for (int i = 0; i < weights.size(); i++) {
                add(arrays, "weight" + i, weights.get(i).duplicate());
            }
            arrays.encode(out, NDList.Encoding.NPZ);
            out.flush();
            torch.run(PythonNets.class, SCRIPT, request, reply);
        } finally {
            Files.deleteIfExists(request);
        }
    }

    private static void add(NDList arrays, String name, NDArray array) {
        array.setName(name);
        arrays.add(array);
    }

    private byte[] settings(String task, Trial trial, Work.Schedule schedule) {
        Map<String, Object> settings =
                Map.of(
                        "task",
                        task,
                        "net",
                        trial.contestant().net().inPython(),
                        "step",
                        trial.work() == Work.STEP,
                        "threads",
                        threads,
                        "schedule",
                        schedule,
                        "learning_rate",
                        TrainingStep.LEARNING_RATE,
                        "momentum",
                        TrainingStep.MOMENTUM);
        return new Gson().toJson(settings).getBytes(StandardCharsets.UTF_8);
    }
}
