package io.github.djlnorm.weights;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * Files that PyTorch and NumPy wrote, of which fixtures.py beside them tells what is in them; and
 * what tests do with any file.
 */
final class Fixtures {

    private Fixtures() {}

    static Path file(String name) {
        try {
            return Path.of(requireNonNull(Fixtures.class.getResource(name), name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static double[] values(StateDict dict, String name) throws IOException {
        try (NDManager manager = NDManager.newBaseManager();
                NDArray array = dict.get(name, manager)) {
            return array.toType(DataType.FLOAT64, true).toDoubleArray();
        }
    }

    static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> StateDict.read(file).close())
                .isInstanceOf(MalformedWeightsException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }
}
