package io.github.djlnorm.weights.storage;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A tensor of a file or of a block: what it is, and its values when they are asked for. */
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
     * Returns the size of a buffer for all values.
     *
     * @return {@link #byteSize()}
     * @throws MalformedWeightsException if it is more than a buffer of DJL's can hold
     */
    default int bufferSize() throws MalformedWeightsException {
        if (byteSize() > Integer.MAX_VALUE) {
            throw new MalformedWeightsException(
                    "a tensor of shape %s has %d bytes: DJL's buffers hold 2 GiB"
                            .formatted(shape(), byteSize()));
        }
        return (int) byteSize();
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
