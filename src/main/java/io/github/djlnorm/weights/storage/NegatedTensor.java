package io.github.djlnorm.weights.storage;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A tensor whose values are stored with the other sign, as torch._neg_view leaves them. */
public record NegatedTensor(Tensor stored) implements Tensor {

    @Override
    public Shape shape() {
        return stored.shape();
    }

    @Override
    public DataType dataType() {
        return stored.dataType();
    }

    @Override
    public String storedType() {
        return stored.storedType();
    }

    @Override
    public void read(ByteBuffer target) throws IOException {
        stored.read(target);
        int size = dataType().getNumOfBytes();
        for (int i = 0; i < byteSize(); i += size) {
            switch (dataType()) {
                case FLOAT16 -> target.putShort(i, (short) (target.getShort(i) ^ Short.MIN_VALUE));
                case FLOAT32 -> target.putFloat(i, -target.getFloat(i));
                case FLOAT64 -> target.putDouble(i, -target.getDouble(i));
                case INT32 -> target.putInt(i, -target.getInt(i));
                case INT64 -> target.putLong(i, -target.getLong(i));
                default -> target.put(i, (byte) -target.get(i));
            }
        }
    }

    @Override
    public void verify() throws IOException {
        stored.verify();
    }
}
