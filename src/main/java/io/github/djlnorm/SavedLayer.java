package io.github.djlnorm;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.github.djlnorm.internal.kernel.ArrayRules;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a file says of one layer, read and checked as a whole before any of it is used.
 *
 * <p>Behind DJL's version byte: the number of parameters, the rank and dimensions of the data
 * input, and the parameters in DJL's own form.
 */
final class SavedLayer {

    static final byte VERSION = 1;

    private static final int MAX_RANK = 64;

    private final String layer;
    private final DataInputStream is;
    private final Map<String, byte[]> parameters = new LinkedHashMap<>();
    private Shape inputShape;

    private SavedLayer(ChannelNorm layer, DataInputStream is) {
        this.layer = layer.getClass().getSimpleName();
        this.is = is;
    }

    static void writeMetadata(int parameterCount, Shape inputShape, DataOutputStream os)
            throws IOException {
        os.writeInt(parameterCount);
        os.writeInt(inputShape.dimension());
        for (long dimension : inputShape.getShape()) {
            os.writeLong(dimension);
        }
    }

    /** Reads what fits a layer, which stays as it is. */
    static SavedLayer read(ChannelNorm layer, NDManager manager, DataInputStream is)
            throws IOException, MalformedModelException {
        SavedLayer saved = new SavedLayer(layer, is);
        try (NDManager scratch = manager.newSubManager()) {
            saved.readMetadata(layer.getDirectParameters().size());
            long channels = layer.channels(saved.inputShape);
            for (Parameter parameter : layer.getDirectParameters().values()) {
                Shape shape = layer.parameterShape(channels);
                layer.checkUsed(parameter, saved.readParameter(parameter, shape, scratch));
            }
        } catch (EOFException e) {
            throw new MalformedModelException(
                    saved.layer + " ends too early: the file is cut off", e);
        } catch (IllegalArgumentException e) {
            throw new MalformedModelException(
                    saved.layer + " does not fit what was saved: " + e.getMessage(), e);
        }
        return saved;
    }

    private void readMetadata(int parameterCount) throws IOException, MalformedModelException {
        byte version = is.readByte();
        if (version != VERSION) {
            throw malformed(
                    ("was saved by an unknown version: expected %d, got %d; load it with the release"
                                    + " of djl-norm that saved it")
                            .formatted(VERSION, version));
        }
        int count = is.readInt();
        if (count != parameterCount) {
            throw malformed(
                    ("was saved with other parameters: expected %d of them, got %d; load it"
                                    + " into a layer of the class that saved it, an InstanceNorm with the"
                                    + " same optTrackRunningStats")
                            .formatted(parameterCount, count));
        }
        int rank = is.readInt();
        if (rank < 0 || rank > MAX_RANK) {
            throw malformed("has an input shape of impossible rank %d".formatted(rank));
        }
        long[] dimensions = new long[rank];
        for (int i = 0; i < rank; i++) {
            dimensions[i] = is.readLong();
        }
        inputShape = new Shape(dimensions);
    }

    private NDArray readParameter(Parameter parameter, Shape shape, NDManager scratch)
            throws IOException, MalformedModelException {
        String name = parameter.getName();
        Parameter read = Parameter.builder().setName(name).setType(parameter.getType()).build();
        read.load(scratch, is);
        if (!read.isInitialized()) {
            throw malformed("was saved without values for %s".formatted(name));
        }
        ArrayRules.floatingPoint(read.getArray().getDataType());
        if (!read.getShape().equals(shape)) {
            throw malformed(
                    ("was saved with other shapes: expected %s for %s, got %s; build it as it was"
                                    + " when it was saved")
                            .formatted(shape, name, read.getShape()));
        }
        if (parameter.isInitialized()) {
            Require.initializedChannels(
                    parameter.getShape(), shape.getLastDimension(), read.getShape());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        read.save(new DataOutputStream(bytes));
        parameters.put(name, bytes.toByteArray());
        return read.getArray();
    }

    private MalformedModelException malformed(String what) {
        return new MalformedModelException(layer + " " + what);
    }

    Shape inputShape() {
        return inputShape;
    }

    /** A parameter in DJL's own form. */
    DataInputStream parameter(String name) {
        return new DataInputStream(new ByteArrayInputStream(parameters.get(name)));
    }
}
