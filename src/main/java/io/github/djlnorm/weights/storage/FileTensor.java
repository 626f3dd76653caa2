package io.github.djlnorm.weights.storage;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A tensor in a file: a view of a section by an offset, sizes and strides, all counted in elements.
 *
 * <p>Every element must have a place of its own inside the section. So no shape, however absurd,
 * makes a tensor larger than the bytes that the file has for it.
 */
public final class FileTensor implements Tensor {

    private static final int MAX_RANK = 64;
    private static final int BUFFER_BYTES = 1 << 16;

    private final ElementType type;
    private final ByteOrder order;
    private final long[] sizes;
    private final long[] strides;
    private final ByteRange section;
    private final long firstByte;
    private final long elements;
    private final int[] outerFirst;
    private final long span;

    public FileTensor(
            ElementType type,
            ByteOrder order,
            ByteRange section,
            long offset,
            long[] sizes,
            long[] strides)
            throws MalformedWeightsException {
        this.type = type;
        this.order = order;
        this.section = section;
        this.sizes = sizes.clone();
        this.strides = strides.clone();
        if (sizes.length != strides.length || sizes.length > MAX_RANK) {
            throw malformed("%d sizes and %d strides".formatted(sizes.length, strides.length));
        }
        try {
            elements = elements();
            outerFirst = outerFirst();
            span = elements == 0 ? 0 : span();
            firstByte = Math.multiplyExact(offset, type.bytes());
            long end = Math.addExact(firstByte, Math.multiplyExact(span, type.bytes()));
            if (offset < 0 || end > section.size()) {
                throw malformed(
                        "elements %d to %d in %d bytes"
                                .formatted(offset, offset + span, section.size()));
            }
        } catch (ArithmeticException e) {
            throw malformed("a shape that is too large");
        }
    }

    /** A tensor that fills a section, in row-major order. */
    public static FileTensor contiguous(
            ElementType type, ByteOrder order, ByteRange section, long[] sizes)
            throws MalformedWeightsException {
        FileTensor tensor = new FileTensor(type, order, section, 0, sizes, rowMajorStrides(sizes));
        tensor.requireFilled();
        return tensor;
    }

    /** A tensor that fills a section, in column-major order. */
    public static FileTensor columnMajor(
            ElementType type, ByteOrder order, ByteRange section, long[] sizes)
            throws MalformedWeightsException {
        FileTensor tensor =
                new FileTensor(
                        type, order, section, 0, sizes, reversed(rowMajorStrides(reversed(sizes))));
        tensor.requireFilled();
        return tensor;
    }

    // A product that overflows is found where the elements are counted.
    public static long[] rowMajorStrides(long[] sizes) {
        long[] strides = new long[sizes.length];
        long stride = 1;
        for (int i = sizes.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= sizes[i];
        }
        return strides;
    }

    private static long[] reversed(long[] values) {
        int last = values.length - 1;
        return IntStream.rangeClosed(0, last).mapToLong(i -> values[last - i]).toArray();
    }

    private void requireFilled() throws MalformedWeightsException {
        if (elements * type.bytes() != section.size()) {
            throw malformed(
                    "%d elements of %s in %d bytes"
                            .formatted(elements, type.torchName(), section.size()));
        }
    }

    private long elements() throws MalformedWeightsException {
        long product = 1;
        boolean empty = false;
        for (long size : sizes) {
            if (size < 0) {
                throw malformed("the negative size " + size);
            }
            empty |= size == 0;
            product = Math.multiplyExact(product, Math.max(size, 1));
        }
        Math.multiplyExact(product, Double.BYTES);
        return empty ? 0 : product;
    }

    /** The axes with several elements, from the largest stride to the smallest. */
    private int[] outerFirst() {
        return IntStream.range(0, sizes.length)
                .filter(axis -> sizes[axis] > 1)
                .boxed()
                .sorted(Comparator.comparingLong((Integer axis) -> strides[axis]).reversed())
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The number of elements from the first to the last. */
    private long span() throws MalformedWeightsException {
        long inner = 1;
        for (int i = outerFirst.length - 1; i >= 0; i--) {
            int axis = outerFirst[i];
            if (strides[axis] < 0) {
                throw malformed("the negative stride " + strides[axis]);
            } else if (strides[axis] < inner) {
                throw new UnusableTensorException(
                        "its elements share a place, with stride %d over %d elements; save it with contiguous()"
                                .formatted(strides[axis], inner));
            }
            inner = Math.addExact(inner, Math.multiplyExact(sizes[axis] - 1, strides[axis]));
        }
        return inner;
    }

    private static MalformedWeightsException malformed(String what) {
        return new MalformedWeightsException("a tensor has " + what);
    }

    @Override
    public Shape shape() {
        return new Shape(sizes);
    }

    @Override
    public DataType dataType() {
        return type.dataType();
    }

    @Override
    public String storedType() {
        return type.torchName();
    }

    @Override
    public void read(ByteBuffer target) throws IOException {
        if (elements == 0) {
            return;
        }
        try (ReadableByteChannel channel = section.open(firstByte)) {
            boolean asStored = !type.isWidened() && (order == target.order() || type.bytes() == 1);
            if (asStored && isRowMajor()) {
                ByteRange.fill(target.duplicate().limit((int) byteSize()), channel);
            } else {
                scatter(channel, target);
            }
        }
    }

    /** Whether no byte before the first value must be gone through. */
    public boolean isStored() {
        return section.isStored();
    }

    /** How many bytes must be gone through to read all values. */
    public long cost() {
        return (section.isStored() ? 0 : firstByte) + span * type.bytes();
    }

    @Override
    public void verify() throws IOException {
        ByteBuffer buffer = newBuffer();
        try (ReadableByteChannel channel = section.open(firstByte)) {
            for (long left = span * type.bytes(); left > 0; left -= buffer.limit()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), left));
                ByteRange.fill(buffer, channel);
            }
        }
    }

    private ByteBuffer newBuffer() {
        return ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, span * type.bytes()));
    }

    private boolean isRowMajor() {
        long inner = 1;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            if (sizes[axis] > 1 && strides[axis] != inner) {
                return false;
            }
            inner *= sizes[axis];
        }
        return true;
    }

    /** Reads in the order of the file and puts each element at its place. */
    private void scatter(ReadableByteChannel channel, ByteBuffer target) throws IOException {
        ElementReader reader = new ElementReader(channel);
        long[] targetStrides = rowMajorStrides(sizes);
        long[] index = new long[outerFirst.length];
        long place = 0;
        long last = 0;
        reader.putNext(target, 0);
        for (long done = 1; done < elements; done++) {
            int level = outerFirst.length - 1;
            long next = last;
            while (index[level] == sizes[outerFirst[level]] - 1) {
                next -= index[level] * strides[outerFirst[level]];
                place -= index[level] * targetStrides[outerFirst[level]];
                index[level] = 0;
                level--;
            }
            index[level]++;
            next += strides[outerFirst[level]];
            place += targetStrides[outerFirst[level]];
            reader.skip(next - last - 1);
            reader.putNext(target, place);
            last = next;
        }
    }

    /** Elements one after the other. */
    private final class ElementReader {

        private final ReadableByteChannel channel;
        private final ByteBuffer buffer = newBuffer().order(order).flip();
        private long unread = span * type.bytes();

        ElementReader(ReadableByteChannel channel) {
            this.channel = channel;
        }

        void skip(long count) throws IOException {
            long left = count * type.bytes();
            while (left > buffer.remaining()) {
                left -= buffer.remaining();
                refill();
            }
            buffer.position(buffer.position() + (int) left);
        }

        void putNext(ByteBuffer target, long place) throws IOException {
            if (!buffer.hasRemaining()) {
                refill();
            }
            int index = (int) place * type.dataType().getNumOfBytes();
            switch (type) {
                case BFLOAT16 -> target.putInt(index, buffer.getShort() << Short.SIZE);
                case INT16 -> target.putInt(index, buffer.getShort());
                case UINT16 -> target.putInt(index, Short.toUnsignedInt(buffer.getShort()));
                case UINT32 -> target.putLong(index, Integer.toUnsignedLong(buffer.getInt()));
                case INT8, UINT8, BOOL -> target.put(index, buffer.get());
                case FLOAT16 -> target.putShort(index, buffer.getShort());
                case FLOAT32, INT32 -> target.putInt(index, buffer.getInt());
                case FLOAT64, INT64 -> target.putLong(index, buffer.getLong());
            }
        }

        // The buffer and all that is unread are whole numbers of elements.
        private void refill() throws IOException {
            buffer.clear().limit((int) Math.min(buffer.capacity(), unread));
            unread -= buffer.limit();
            ByteRange.fill(buffer, channel);
            buffer.flip();
        }
    }
}
