package io.github.djlnorm.samples.spark.training;

import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.cli.ResultFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** A training as it is after some steps, with all that the next step depends on. */
public final class Checkpoint {

    /** The file in the output folder. */
    public static final String FILE = "training.bin";

    private final String description;
    private final List<Double> losses;
    private final byte[] parameters;
    private final float[] velocity;

    public Checkpoint(
            String description, List<Double> losses, byte[] parameters, float[] velocity) {
        this.description = description;
        this.losses = List.copyOf(losses);
        this.parameters = parameters;
        this.velocity = velocity;
    }

    /** What the training follows from. */
    public String description() {
        return description;
    }

    /** The mean loss of each step that was done. */
    public List<Double> losses() {
        return losses;
    }

    public byte[] parameters() {
        return parameters;
    }

    public float[] velocity() {
        return velocity;
    }

    /** Writes the file, which is there as a whole or not at all. */
    public void write(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(description);
            out.writeInt(losses.size());
            for (double loss : losses) {
                out.writeDouble(loss);
            }
            out.writeInt(parameters.length);
            out.write(parameters);
            out.writeInt(velocity.length);
            for (float value : velocity) {
                out.writeFloat(value);
            }
            out.writeLong(checksum(bytes.toByteArray(), bytes.size()));
        }
        ResultFiles.replace(
                folder.resolve(FILE), partial -> Files.write(partial, bytes.toByteArray()));
    }

    /**
     * Reads the file.
     *
     * @param description what the training must be
     * @throws BadInputException if there is no such file, it is damaged, or of another training
     */
    public static Checkpoint read(Path folder, String description) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(
                    "no training to go on with in " + folder + ": leave out --resume");
        }
        Checkpoint checkpoint;
        try {
            checkpoint = parse(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new BadInputException(
                    file + " is damaged: train anew, without --resume, into another --output", e);
        }
        if (!checkpoint.description.equals(description)) {
            throw new BadInputException(
                    "%s is of another training (%s), not of %s: give the options that it had"
                            .formatted(file, checkpoint.description, description));
        }
        return checkpoint;
    }

    private static Checkpoint parse(byte[] content) throws IOException {
        int length = content.length - Long.BYTES;
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
            if (length < 0) {
                throw new IOException("cut off");
            }
            in.skipNBytes(length);
            if (in.readLong() != checksum(content, length)) {
                throw new IOException("its checksum is another");
            }
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
            String description = in.readUTF();
            List<Double> losses = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                losses.add(in.readDouble());
            }
            byte[] parameters = in.readNBytes(in.readInt());
            float[] velocity = new float[in.readInt()];
            for (int i = 0; i < velocity.length; i++) {
                velocity[i] = in.readFloat();
            }
            return new Checkpoint(description, losses, parameters, velocity);
        }
    }

    private static long checksum(byte[] bytes, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, length);
        return crc.getValue();
    }
}
