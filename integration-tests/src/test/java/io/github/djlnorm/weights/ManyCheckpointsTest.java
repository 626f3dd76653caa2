package io.github.djlnorm.weights;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.djlnorm.parity.RealPyTorch;
import io.github.djlnorm.testing.Managed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Files of weights of all kinds that a real PyTorch makes: every value is the same here. */
class ManyCheckpointsTest {

    private static final String SCRIPT = "many_checkpoints.py";

    @RegisterExtension static final RealPyTorch PYTORCH = new RealPyTorch();

    @TempDir private Path folder;
    @Managed private NDManager manager;

    @Test
    void everyValueIsReadOrRefusedByItsName() throws IOException {
        Path made = folder.resolve("made.zip");
        PYTORCH.get()
                .run(
                        ManyCheckpointsTest.class,
                        SCRIPT,
                        Files.createFile(folder.resolve("request.txt")),
                        made);

        JsonArray manifest = unpacked(made);

        assertThat(manifest).hasSizeGreaterThanOrEqualTo(200);
        List<String> differences = new ArrayList<>();
        for (JsonElement entry : manifest) {
            String file = entry.getAsJsonObject().get("file").getAsString();
            try {
                compare(entry.getAsJsonObject(), file, differences);
            } catch (IOException | RuntimeException e) {
                differences.add(file + ": " + e);
            }
        }
        assertThat(differences).isEmpty();
    }

    private JsonArray unpacked(Path made) throws IOException {
        try (ZipFile zip = new ZipFile(made.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                try (InputStream in = zip.getInputStream(entry)) {
                    Files.copy(in, folder.resolve(entry.getName()));
                }
            }
        }
        String json = Files.readString(folder.resolve("manifest.json"), StandardCharsets.UTF_8);
        return JsonParser.parseString(json).getAsJsonArray();
    }

    private void compare(JsonObject entry, String file, List<String> differences)
            throws IOException {
        Path path = folder.resolve(file);
        try (StateDict dict =
                entry.get("key").isJsonNull()
                        ? StateDict.read(path)
                        : StateDict.read(path, entry.get("key").getAsString())) {
            Map<String, JsonElement> expected = entry.getAsJsonObject("tensors").asMap();
            if (!dict.tensors().keySet().equals(expected.keySet())) {
                differences.add(
                        file + ": " + dict.tensors().keySet() + ", not " + expected.keySet());
                return;
            }
            for (JsonElement name : entry.getAsJsonArray("refused")) {
                if (!dict.refused().containsKey(name.getAsString())) {
                    differences.add(file + ": " + name + " is not refused");
                }
            }
            for (Map.Entry<String, JsonElement> tensor : expected.entrySet()) {
                String difference =
                        difference(
                                dict.get(tensor.getKey(), manager),
                                tensor.getValue().getAsJsonObject());
                if (difference != null) {
                    differences.add(file + ", " + tensor.getKey() + ": " + difference);
                }
            }
        }
    }

    private static String difference(NDArray array, JsonObject expected) {
        long[] shape =
                expected.getAsJsonArray("shape").asList().stream()
                        .mapToLong(JsonElement::getAsLong)
                        .toArray();
        if (!array.getShape().equals(new Shape(shape))) {
            return "shape " + array.getShape() + ", not " + new Shape(shape);
        }
        JsonArray values = expected.getAsJsonArray("values");
        double[] ours = array.toType(DataType.FLOAT64, false).toDoubleArray();
        for (int i = 0; i < ours.length; i++) {
            if (ours[i] != values.get(i).getAsDouble()) {
                return "value %d is %s, not %s".formatted(i, ours[i], values.get(i));
            }
        }
        return null;
    }
}
