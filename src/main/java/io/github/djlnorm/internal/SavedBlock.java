package io.github.djlnorm.internal;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import io.github.djlnorm.internal.BlockTree.Place;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * The file of a block: what the block is, as text, and its parameters in DJL's form.
 *
 * <p>A version, the text and DJL's form, each with its length before it, and the CRC-32 of both. A
 * file is read and checked as a whole before the block is changed. Memory grows with what the
 * stream really holds, whatever lengths it claims.
 */
public final class SavedBlock {

    /** No version of DJL's containers and convolutions, which older releases wrote as they are. */
    private static final byte VERSION = 4;

    private static final int MAX_TEXT = 1 << 24;

    private SavedBlock() {}

    /** How DJL itself writes a block. */
    @FunctionalInterface
    public interface Saver {

        /**
         * Writes the block.
         *
         * @param os the stream to write to
         * @throws IOException if that fails
         */
        void save(DataOutputStream os) throws IOException;
    }

    /** How DJL itself reads a block. */
    @FunctionalInterface
    public interface Loader {

        /**
         * Reads the block.
         *
         * @param manager the manager that the parameters are attached to
         * @param is the stream to read from
         * @throws IOException if that fails
         * @throws MalformedModelException if the stream does not fit the block
         */
        void load(NDManager manager, DataInputStream is)
                throws IOException, MalformedModelException;
    }

    /**
     * Writes a block.
     *
     * @param block an initialized block
     * @param os the stream to write to
     * @param saver writes the block in DJL's form
     * @throws IllegalStateException if the block is not initialized
     * @throws IOException if it cannot be written
     */
    public static void write(Block block, DataOutputStream os, Saver saver) throws IOException {
        if (!block.isInitialized()) {
            throw new IllegalStateException(
                    name(block) + " has nothing to save before it is initialized");
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        saver.save(new DataOutputStream(body));
        byte[] text = BlockText.of(block).getBytes(StandardCharsets.UTF_8);
        os.writeByte(VERSION);
        os.writeInt(text.length);
        os.write(text);
        os.writeInt(body.size());
        body.writeTo(os);
        os.writeLong(checksum(text, body.toByteArray()));
    }

    /**
     * Reads a block. If that fails, the block is as it was.
     *
     * @param block the block that gets the values
     * @param manager the manager that the parameters are attached to
     * @param is the stream to read from
     * @param loader reads the block from DJL's form
     * @throws IOException if the stream cannot be read
     * @throws MalformedModelException if it ends too early, is damaged, is of another version, or
     *     is the file of another block
     */
    public static void load(Block block, NDManager manager, DataInputStream is, Loader loader)
            throws IOException, MalformedModelException {
        byte[] body;
        try {
            body = readChecked(block, is);
        } catch (EOFException e) {
            throw new MalformedModelException(
                    name(block) + " ends too early: the file is cut off", e);
        } catch (IllegalArgumentException e) {
            throw new MalformedModelException(
                    name(block) + " does not fit what was saved: " + e.getMessage(), e);
        }
        Before before = new Before(block);
        try {
            loader.load(manager, stream(body));
        } catch (IOException | RuntimeException | MalformedModelException e) {
            before.restore(manager, loader);
            throw new MalformedModelException(
                    name(block) + " was saved with parts that do not fit: " + e.getMessage(), e);
        }
        Values.keep(block);
    }

    /** Returns DJL's form, of which nothing is damaged and which is the form of this block. */
    private static byte[] readChecked(Block block, DataInputStream is)
            throws IOException, MalformedModelException {
        byte version = is.readByte();
        if (version != VERSION) {
            throw new MalformedModelException(
                    ("%s was saved in another format: expected version %d, got %d; load it with the"
                                    + " release of djl-norm that saved it, and carry its weights over with"
                                    + " StateDict")
                            .formatted(name(block), VERSION, version));
        }
        byte[] text = read(is, MAX_TEXT);
        byte[] body = read(is, Integer.MAX_VALUE);
        if (is.readLong() != checksum(text, body)) {
            throw new MalformedModelException(name(block) + " is damaged: its checksum is wrong");
        }
        BlockText.check(new String(text, StandardCharsets.UTF_8), block);
        DjlForm.check(block, body);
        return body;
    }

    /** Whether a block is written in this form where it is a child of another one. */
    static boolean isSaved(Block block) {
        return block instanceof Described
                || block instanceof SavedSequentialBlock
                || block instanceof SavedParallelBlock;
    }

    private static byte[] read(DataInputStream is, int limit) throws IOException {
        int length = is.readInt();
        if (length < 0 || length > limit) {
            throw new EOFException("impossible length " + length);
        }
        // Not readFully, which needs the memory before it is known that the bytes are there.
        byte[] bytes = is.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private static long checksum(byte[] text, byte[] body) {
        CRC32 checksum = new CRC32();
        checksum.update(text);
        checksum.update(body);
        return checksum.getValue();
    }

    private static DataInputStream stream(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }

    private static String name(Block block) {
        return block.getClass().getSimpleName();
    }

    /** What a block was before it was loaded. */
    private static final class Before {

        private final Block block;
        private final ByteArrayOutputStream file = new ByteArrayOutputStream();
        private final Map<Parameter, Boolean> trained = new LinkedHashMap<>();
        private final List<Block> uninitialized = new ArrayList<>();

        Before(Block block) throws IOException {
            this.block = block;
            if (block.isInitialized()) {
                block.saveParameters(new DataOutputStream(file));
            }
            for (Pair<String, Parameter> named : block.getParameters()) {
                Parameter parameter = named.getValue();
                trained.put(
                        parameter, parameter.isInitialized() && parameter.getArray().hasGradient());
            }
            for (Place place : BlockTree.places(block)) {
                if (place.block().getChildren().isEmpty() && !place.block().isInitialized()) {
                    uninitialized.add(place.block());
                }
            }
        }

        void restore(NDManager manager, Loader loader) throws IOException, MalformedModelException {
            uninitialized.forEach(Block::clear);
            if (file.size() > 0) {
                loader.load(manager, stream(readChecked(block, stream(file.toByteArray()))));
                trained.forEach((parameter, was) -> parameter.getArray().setRequiresGradient(was));
            }
        }
    }
}
