package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.storage.SaveAgain;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a file is that holds no weights, by how it starts, and what to do about it. */
final class ForeignFile {

    /** How many bytes tell it. */
    static final int START_BYTES = 264;

    private static final int TAR_AT = 257;

    private ForeignFile() {}

    static String describe(ByteBuffer bytes) {
        String start = StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
        String text = start.stripLeading().toLowerCase(Locale.ROOT);
        if (start.isEmpty()) {
            return "it is empty: download or copy it again";
        } else if (start.startsWith("version https://git-lfs")) {
            return "it is a pointer of Git LFS, and not the file itself: run git lfs pull";
        } else if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
            return "it is a web page: download the file itself, not the page that shows it";
        } else if (start.startsWith("\u0089HDF")) {
            return "it is HDF5, as Keras writes it (.h5): export it to npz or safetensors";
        } else if (start.startsWith("GGUF")) {
            return "it is GGUF, of quantized language models: take the safetensors it was made of";
        } else if (start.startsWith("\u0093NUMPY")) {
            return "it is a single array of NumPy (.npy): numpy.savez(\"NEW.npz\", name=array)";
        } else if (start.startsWith("\u001f\u008b")) {
            return "it is packed by gzip: unpack it";
        } else if (start.startsWith("7z") || start.startsWith("Rar!")) {
            return "it is a packed archive: unpack it";
        } else if (start.length() > TAR_AT + 5 && start.startsWith("ustar", TAR_AT)) {
            return "it is a tar archive, as the first versions of torch.save wrote it; "
                    + SaveAgain.IN_PYTHON;
        } else if (isPickle(start)) {
            return "it is a bare pickle, and not of torch.save; " + SaveAgain.IN_PYTHON;
        } else if (start.startsWith("\b") && start.indexOf('\u0012') > 0) {
            return "it looks like ONNX or another protocol buffer: take the weights it was made of";
        }
        return "expected a file of torch.save, safetensors or npz";
    }

    private static boolean isPickle(String start) {
        return start.length() > 1 && start.charAt(0) == '\u0080' && start.charAt(1) <= 5;
    }
}
