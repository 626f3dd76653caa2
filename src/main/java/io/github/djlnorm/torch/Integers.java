package io.github.djlnorm.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtEngine;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Integers as an argument of a {@link TorchFunction}, so that one function, loaded and optimized
 * once, serves all of their values.
 *
 * <p>They travel as the sizes of an array without elements, which costs no more than passing any
 * array: in the source, {@code integers.size(0)} is the first of them. An array that held them
 * would have to be read element by element.
 */
public final class Integers {

    private static final Map<Shape, NDArray> ARRAYS = new ConcurrentHashMap<>();

    private Integers() {}

    /**
     * Returns integers as an argument.
     *
     * @param values the integers, 0 or more each
     * @return an array that is kept for the life of the process; not to be closed
     */
    public static NDArray of(long... values) {
        long[] sizes = Arrays.copyOf(values, values.length + 1); // the last one is 0
        return ARRAYS.computeIfAbsent(new Shape(sizes), Integers::create);
    }

    private static NDArray create(Shape shape) {
        NDManager manager = NDManager.newBaseManager(Device.cpu(), PtEngine.ENGINE_NAME);
        NDArray array = manager.create(shape);
        NDScope.unregister(array); // it outlives the scope that it happens to be made in
        return array;
    }
}
