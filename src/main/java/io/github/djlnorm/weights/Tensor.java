package io.github.djlnorm.weights;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A tensor of a {@link StateDict}: what it is, and its values when they are asked for. */
public interface Tensor {

    /**
     * Returns the shape.
     *
     * @return the shape; a scalar has no dimensions
     */
    Shape shape();

    /**
     * Returns the type of the values as DJL gets them.
     *
     * @return the type; float32 for stored bfloat16
     */
    DataType dataType();

    /**
     * Returns the type of the values as they are stored.
     *
     * @return PyTorch's name of the type, as in bfloat16
     */
    String storedType();

    /**
     * Returns the size of the values as DJL gets them.
     *
     * @return the size in bytes
     */
    default long byteSize() {
        return shape().size() * dataType().getNumOfBytes();
    }

    /**
     * Writes all values in row-major order, in the byte order of the target.
     *
     * @param target where they are written, from its beginning; of {@link #byteSize()} bytes
     * @throws IOException if they cannot be read
     */
    void read(ByteBuffer target) throws IOException;

    /**
     * Reads all values and drops them.
     *
     * @throws IOException if they cannot be read
     */
    void verify() throws IOException;
}
