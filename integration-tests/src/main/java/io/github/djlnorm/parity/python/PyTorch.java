package io.github.djlnorm.parity.python;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDList.Encoding;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import io.github.djlnorm.parity.cases.ParityCase;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Real PyTorch in a Python process. Calls and results travel as npz files, as many at a time as the
 * caller gives.
 *
 * <p>Environment variables say which one, for tests and programs alike: {@code PARITY_PYTHON} a
 * local Python command with PyTorch and NumPy, or else {@code PARITY_IMAGE} a container image with
 * both.
 */
public final class PyTorch implements AutoCloseable {

    /** The image that this project's .ci/pytorch-image builds: PyTorch without CUDA, 1.2 GB. */
    public static final String BUILT_IMAGE = "djl-norm/pytorch:trixie";

    /** A public container image that has PyTorch and NumPy, and CUDA with many gigabytes. */
    public static final String PUBLIC_IMAGE = "pytorch/pytorch:2.7.1-cuda12.6-cudnn9-runtime";

    private static final String SCRIPT = "torch_modules.py";

    private final PythonCommand command;
    private final Path folder;
    private final PythonProcess modules;
    private final String version;
    private int batches;

    private PyTorch(PythonCommand command, Path folder, PythonProcess modules) throws IOException {
        this.command = command;
        this.folder = folder;
        this.modules = modules;
        try (InputStream script = PyTorch.class.getResourceAsStream(SCRIPT)) {
            Files.copy(Objects.requireNonNull(script), folder.resolve(SCRIPT));
        }
        version = exchange(new NDList(), List.of(), new ArrayList<>());
    }

    private static PyTorch start(PythonCommand command) {
        try {
            Path folder = Files.createTempDirectory("djl-norm-parity");
            PythonProcess modules = null;
            try {
                modules = new PythonProcess(command);
                return new PyTorch(command, folder, modules);
            } catch (IOException | RuntimeException e) {
                cleanUp(folder, modules);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Uses PyTorch in containers, pulling the image if the engine does not have it.
     *
     * @param image the image's name
     * @return PyTorch, which the caller closes
     */
    public static PyTorch inContainer(String image) {
        return start(PythonCommand.inContainer(image));
    }

    /**
     * Uses a Python of this machine.
     *
     * @param command the command that starts it
     * @return PyTorch, which the caller closes
     * @throws UncheckedIOException if it does not run, or has no PyTorch or NumPy
     */
    public static PyTorch ofLocalPython(String command) {
        return start(PythonCommand.local(command));
    }

    /**
     * Returns PyTorch's version.
     *
     * @return the version, as in 2.7.1
     */
    public String version() {
        return version;
    }

    /**
     * Returns the options of the parity program that choose this PyTorch.
     *
     * @return the options
     */
    public List<String> options() {
        return command.options();
    }

    /**
     * Runs modules.
     *
     * @param calls the calls
     * @return the results, in their order
     * @throws UncheckedIOException if Python fails
     */
    public List<ModuleResult> run(List<ModuleCall> calls) {
        List<ModuleResult> results = new ArrayList<>();
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDList arrays = new NDList();
            List<Map<String, Object>> manifest = new ArrayList<>();
            for (int i = 0; i < calls.size(); i++) {
                manifest.add(described(calls.get(i)));
                addArrays(manager, calls.get(i), i + "/", arrays);
            }
            exchange(arrays, manifest, results);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return results;
    }

    /**
     * Runs another script in a process of its own, with two files as its arguments.
     *
     * @param owner a class beside the script
     * @param script the name of the resource, beside the class
     * @param request the file that it reads
     * @param reply the file that it writes
     * @throws IOException if it fails; the message has its error output
     */
    public void run(Class<?> owner, String script, Path request, Path reply) throws IOException {
        Path file = folder.resolve(script);
        try (InputStream resource = owner.getResourceAsStream(script);
                PythonProcess process = new PythonProcess(command)) {
            Files.copy(Objects.requireNonNull(resource, script), file);
            process.run(file, request, reply);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static Map<String, Object> described(ModuleCall call) {
        return Map.of(
                "definitions", call.definitions(),
                "module", call.module(),
                "inputs",
                        call.inputs().stream()
                                .map(
                                        input ->
                                                Map.of(
                                                        "shape",
                                                        input.shape().getShape(),
                                                        "type",
                                                        torchName(input.type())))
                                .toList(),
                "parameters", torchName(call.parameterType()),
                "layout", ParityCase.label(call.layout()),
                "passes", call.passes());
    }

    private static String torchName(DataType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    private static void addArrays(
            NDManager manager, ModuleCall call, String prefix, NDList arrays) {
        call.arrays()
                .forEach(
                        (name, values) -> {
                            NDArray array = manager.create(values);
                            array.setName(prefix + name);
                            arrays.add(array);
                        });
    }

    /** Sends a batch, adds its results to the list, and returns PyTorch's version. */
    private String exchange(
            NDList arrays, List<Map<String, Object>> manifest, List<ModuleResult> results)
            throws IOException {
        Path request = folder.resolve("request" + batches + ".npz");
        Path reply = folder.resolve("reply" + batches + ".npz");
        batches++;
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray json =
                    manager.create(new Gson().toJson(manifest).getBytes(StandardCharsets.UTF_8));
            json.setName("manifest");
            NDList everything = new NDList(json).addAll(arrays);
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(request))) {
                everything.encode(out, Encoding.NPZ);
            }
            modules.run(folder.resolve(SCRIPT), request, reply);
            Map<String, NDArray> byName = new LinkedHashMap<>();
            try (InputStream in = new BufferedInputStream(Files.newInputStream(reply))) {
                NDList.decode(manager, in).forEach(array -> byName.put(array.getName(), array));
            }
            results.addAll(results(manifest.size(), byName));
            return text(byName.get("version"));
        } finally {
            Files.deleteIfExists(request);
            Files.deleteIfExists(reply);
        }
    }

    private static List<ModuleResult> results(int count, Map<String, NDArray> byName) {
        List<Map<String, double[]>> arrays = new ArrayList<>();
        List<Map<String, Shape>> shapes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            arrays.add(new LinkedHashMap<>());
            shapes.add(new LinkedHashMap<>());
        }
        String[] refusals = new String[count];
        byName.forEach(
                (name, array) -> {
                    int slash = name.indexOf('/');
                    if (slash < 0) {
                        return;
                    }
                    int call = Integer.parseInt(name.substring(0, slash));
                    String rest = name.substring(slash + 1);
                    if (rest.equals("refused")) {
                        refusals[call] = text(array);
                    } else {
                        arrays.get(call).put(rest, array.toDoubleArray());
                        shapes.get(call).put(rest, array.getShape());
                    }
                });
        return IntStream.range(0, count)
                .mapToObj(i -> new ModuleResult(arrays.get(i), shapes.get(i), refusals[i]))
                .toList();
    }

    private static String text(NDArray array) {
        return new String(array.toByteArray(), StandardCharsets.UTF_8).strip();
    }

    @Override
    public void close() {
        try {
            cleanUp(folder, modules);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void cleanUp(Path folder, PythonProcess modules) throws IOException {
        try (modules) {
            Files.deleteIfExists(folder.resolve(SCRIPT));
            Files.deleteIfExists(folder);
        }
    }
}
