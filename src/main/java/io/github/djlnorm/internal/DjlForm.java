package io.github.djlnorm.internal;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Set;

/**
 * Checks the form in which DJL writes a block, before DJL reads it: DJL allocates whatever a length
 * in the file says.
 */
final class DjlForm {

    private static final int MAX_RANK = 64;
    private static final int ARRAY_VERSION = 3;
    private static final Set<DataType> TYPES =
            Set.of(DataType.FLOAT16, DataType.FLOAT32, DataType.FLOAT64);

    private final DataInputStream is;

    private DjlForm(byte[] form) {
        is = new DataInputStream(new ByteArrayInputStream(form));
    }

    /**
     * Checks all that is known: blocks of other classes than DJL's and this library's write what
     * they like, and what comes after one of them is not looked at.
     *
     * @throws IllegalArgumentException if the form ends too early or is not that of the block
     */
    static void check(Block block, byte[] form) {
        try {
            new DjlForm(form).checkBlock(block);
        } catch (IOException e) {
            throw new IllegalArgumentException("the file is damaged: " + e, e);
        }
    }

    private boolean checkBlock(Block block) throws IOException {
        is.readByte();
        if (block instanceof Linear) {
            is.readLong();
            is.readLong();
            checkShape();
        } else {
            checkShapes();
        }
        if (block instanceof SequentialBlock) {
            is.readBoolean();
        } else if (block instanceof BatchNorm) {
            is.readLong();
        }
        for (Parameter parameter : block.getDirectParameters().values()) {
            checkParameter(parameter);
        }
        for (Block child : block.getChildren().values()) {
            boolean goesOn =
                    SavedBlock.isSaved(child) ? skipFile() : isKnown(child) && checkBlock(child);
            if (!goesOn) {
                return false;
            }
        }
        return true;
    }

    private static boolean isKnown(Block block) {
        String name = block.getClass().getName();
        return (name.startsWith("ai.djl.nn.") || name.startsWith("io.github.djlnorm."))
                && (block instanceof Convolution
                        || block instanceof Linear
                        || block instanceof LambdaBlock
                        || block instanceof BatchNorm
                        || block instanceof ParallelBlock
                        || block instanceof SequentialBlock);
    }

    /** Skips a file in the file, which is checked when it is loaded. */
    private boolean skipFile() throws IOException {
        is.readByte();
        skip(is.readInt());
        skip(is.readInt());
        is.readLong();
        return true;
    }

    private void checkShapes() throws IOException {
        int count = is.readInt();
        require(count >= 0 && count <= MAX_RANK, "the number of inputs", count);
        for (int i = 0; i < count; i++) {
            checkShape();
        }
    }

    private Shape checkShape() throws IOException {
        int rank = is.readInt();
        require(rank >= 0 && rank <= MAX_RANK, "the rank of a shape", rank);
        long[] dimensions = new long[rank];
        for (int i = 0; i < rank; i++) {
            dimensions[i] = is.readLong();
            require(dimensions[i] <= Integer.MAX_VALUE, "a dimension", dimensions[i]);
        }
        int letters = is.readInt();
        require(letters == rank, "the length of a layout", letters);
        StringBuilder layout = new StringBuilder();
        for (int i = 0; i < letters; i++) {
            layout.append(is.readChar());
        }
        return new Shape(dimensions, layout.toString());
    }

    private void checkParameter(Parameter parameter) throws IOException {
        char start = is.readChar();
        require(start == 'P', "the start of a parameter", start);
        is.readByte();
        String name = is.readUTF();
        require(name.equals(parameter.getName()), "the name of a parameter", name);
        String array = is.readUTF();
        require("NDAR".equals(array), "the start of an array", array);
        int version = is.readInt();
        require(version == ARRAY_VERSION, "the version of an array", version);
        if (is.readByte() == 1) {
            is.readUTF();
        }
        is.readUTF();
        DataType type = DataType.valueOf(is.readUTF());
        require(TYPES.contains(type), "the type of a parameter", type);
        Shape shape = checkShape();
        require(
                !parameter.isInitialized() || parameter.getShape().equals(shape),
                "the shape of a parameter",
                shape);
        is.readByte();
        int length = is.readInt();
        require(length == bytes(shape, type), "the length of a parameter", length);
        skip(length);
    }

    private static long bytes(Shape shape, DataType type) {
        long bytes = type.getNumOfBytes();
        for (long dimension : shape.getShape()) {
            require(
                    dimension >= 0 && dimension <= Integer.MAX_VALUE / Math.max(bytes, 1),
                    "the shape of a parameter",
                    shape);
            bytes *= dimension;
            require(bytes <= Integer.MAX_VALUE, "the shape of a parameter", shape);
        }
        return bytes;
    }

    private void skip(int length) throws IOException {
        if (length < 0 || length > is.available()) {
            throw new EOFException();
        }
        is.skipNBytes(length);
    }

    private static void require(boolean holds, String what, Object actual) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "the file is damaged: " + actual + " is impossible as " + what);
        }
    }
}
