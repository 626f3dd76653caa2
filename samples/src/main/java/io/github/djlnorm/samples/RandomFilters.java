package io.github.djlnorm.samples;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.pooling.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

final class RandomFilters implements FeatureNet {

    static final List<Integer> SIZES = List.of(3, 5, 7);
    private static final int SCALES = 3;

    private static final int CHANNELS = 3;

    private final List<NDArray> filters;

    RandomFilters(NDManager manager, int filtersPerSize, long seed) {
        Random random = new Random(seed);
        filters = SIZES.stream().map(size -> draw(manager, filtersPerSize, size, random)).toList();
    }

    private static NDArray draw(NDManager manager, int count, int size, Random random) {
        int inputs = CHANNELS * size * size;
        float bound = (float) Math.sqrt(6.0 / inputs);
        float[] weights = new float[count * inputs];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = bound * (2 * random.nextFloat() - 1);
        }
        NDArray w = manager.create(weights, new Shape(count, CHANNELS, size, size));
        if (Boolean.getBoolean("zm")) w = w.sub(w.mean(new int[] {2, 3}, true));
        return w;
    }

    @Override
    public List<NDArray> style(NDArray images) {
        NDArray scaled = images.mul(2).sub(1);
        List<NDArray> features = new ArrayList<>();
        if (Boolean.getBoolean("zm"))
            features.add(scaled.concat(scaled.get(":, :1").mul(0).add(1), 1));
        for (int scale = 0; scale < SCALES; scale++) {
            if (scale > 0) scaled = pool(scaled, 2);
            for (NDArray weight : filters)
                features.add(Activation.relu(Conv2d.conv2d(scaled, weight).head()));
        }
        return features;
    }

    private static NDArray pool(NDArray x, int size) {
        Shape s = new Shape(size, size);
        return Pool.avgPool2d(x, s, s, new Shape(0, 0), false, true);
    }

    @Override
    public NDArray content(NDArray images) {
        return pool(images.mean(new int[] {1}, true), Integer.getInteger("cpool", 4));
    }
}
