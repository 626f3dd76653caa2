package io.github.djlnorm.samples.classification;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import io.github.djlnorm.samples.cli.BadInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;

/**
 * A model in one file: its parameters, in DJL's model properties all that using it takes, what else
 * there is to keep, the length of that, and a checksum. DJL reads such a file from the front and
 * does not mind what follows.
 */
public final class ModelFile {

    private static final String PARTIAL = ".partial";
    private static final String FORMAT = "format";

    private ModelFile() {}

    /** The file's name, chosen so that DJL's {@link Model#load(Path, String)} finds it. */
    public static String name(String model) {
        return model + "-0000.params";
    }

    /** Saves a model so that the folder holds a whole one at every moment. */
    public static void save(Model model, String format, Path folder) throws IOException {
        save(model, format, folder, new byte[0]);
    }

    /**
     * Saves a model so that the folder holds a whole one at every moment.
     *
     * @param more what else to keep, after what DJL reads
     */
    static void save(Model model, String format, Path folder, byte[] more) throws IOException {
        Path partial = folder.resolve(PARTIAL);
        Path file = partial.resolve(name(model.getName()));
        model.setProperty(FORMAT, format);
        model.setProperty("Epoch", "0");
        try {
            model.save(partial, model.getName());
            Files.write(file, more, StandardOpenOption.APPEND);
            Files.write(file, bytes(more.length), StandardOpenOption.APPEND);
            Checksum.append(file);
            Files.move(file, folder.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(partial);
        }
    }

    /** What was kept besides the model. */
    static byte[] more(byte[] content) {
        int end = content.length - 2 * Long.BYTES;
        int length = Math.toIntExact(ByteBuffer.wrap(content).getLong(end));
        return Arrays.copyOfRange(content, end - length, end);
    }

    private static byte[] bytes(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    /**
     * Reads a file.
     *
     * @param command writes such files
     * @throws BadInputException if there is none or it is damaged
     */
    public static byte[] read(Path file, String command) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(
                    "no model " + file + ": write one with '" + command + " --output DIR'");
        }
        byte[] content = Files.readAllBytes(file);
        if (!Checksum.matches(content)) {
            throw unusable(file, command, null);
        }
        return content;
    }

    /**
     * Reads a model's properties.
     *
     * @throws MalformedModelException if it is of another format
     */
    public static Map<String, String> properties(byte[] content, String format)
            throws IOException, MalformedModelException {
        try (Model model = Model.newInstance("properties")) {
            model.setBlock(new PropertiesOnlyBlock());
            model.load(new ByteArrayInputStream(content));
            if (!format.equals(model.getProperty(FORMAT))) {
                throw new MalformedModelException("not of the format " + format);
            }
            return Map.copyOf(model.getProperties());
        }
    }

    public static BadInputException unusable(Path file, String command, Throwable cause) {
        return new BadInputException(
                file
                        + " is damaged or no model of this program: write one with '"
                        + command
                        + " --output DIR'",
                cause);
    }
}
