package io.github.djlnorm.weights.format;

import io.github.djlnorm.internal.Refusal;
import io.github.djlnorm.weights.storage.Tensor;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** The formats that weights are written in. */
public enum WeightFormat {
    /** safetensors: values one after the other, with a header that says where. */
    SAFETENSORS(".safetensors", ".safetensors") {
        @Override
        public void write(Map<String, Tensor> tensors, WritableByteChannel out) throws IOException {
            Safetensors.write(tensors, out);
        }
    },
    /** NumPy's archive of arrays. */
    NPZ(".npz", ".npz") {
        @Override
        public void write(Map<String, Tensor> tensors, WritableByteChannel out) throws IOException {
            Npz.write(tensors, out);
        }
    },
    /** A state dict as {@code torch.save} writes it. */
    TORCH(".pth", ".pt") {
        @Override
        public void write(Map<String, Tensor> tensors, WritableByteChannel out) throws IOException {
            TorchWriter.write(tensors, out);
        }
    };

    private final String suffix;
    private final String otherSuffix;

    WeightFormat(String suffix, String otherSuffix) {
        this.suffix = suffix;
        this.otherSuffix = otherSuffix;
    }

    /**
     * Writes tensors.
     *
     * @param tensors the tensors by name, in their order
     * @param out where they are written
     * @throws IllegalArgumentException if the format cannot have one of the names
     * @throws IOException if they cannot be read or written
     */
    public abstract void write(Map<String, Tensor> tensors, WritableByteChannel out)
            throws IOException;

    /**
     * Returns the format that a file's name tells.
     *
     * @param file the file
     * @return the format
     * @throws IllegalArgumentException if the name ends with no known one
     */
    public static WeightFormat of(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(format -> name.endsWith(format.suffix) || name.endsWith(format.otherSuffix))
                .findFirst()
                .orElseThrow(
                        () ->
                                Refusal.of(
                                        "the file's name must tell its format",
                                        ".safetensors, .npz, .pth or .pt",
                                        file,
                                        "rename it"));
    }
}
