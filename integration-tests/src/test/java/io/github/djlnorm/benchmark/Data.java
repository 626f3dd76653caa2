package io.github.djlnorm.benchmark;

import ai.djl.ndarray.types.Shape;
import java.util.Random;

/** The same numbers for all contestants, whichever library they belong to. */
final class Data {

    private static final int X = 1;
    private static final int DY = 2;
    private static final int PARAMETER = 3;
    private static final float SPREAD = 0.1f;

    private Data() {}

    /** In the order (N, C, H, W). */
    static float[] x(Input input) {
        return normal(X, input.shape(), 0.5f, 1);
    }

    /** What comes back from the layers after; never constant, as a sum's gradient would be. */
    static float[] dy(Shape output) {
        return normal(DY, output, 0, 1);
    }

    /** A scale is about one, and so is a variance; all else is about zero. */
    static float[] parameter(int index, Shape shape, boolean scale) {
        return normal(PARAMETER + index, shape, scale ? 1 : 0, SPREAD);
    }

    /** Values of the order (N, C, H, W) in the order (N, H, W, C). */
    static float[] channelsLast(float[] values, Shape shape) {
        int channels = Math.toIntExact(shape.get(1));
        int positions = Math.toIntExact(shape.slice(2).size());
        float[] reordered = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int position = i % positions;
            int channel = i / positions % channels;
            int instance = i / positions / channels;
            reordered[(instance * positions + position) * channels + channel] = values[i];
        }
        return reordered;
    }

    /** The shape (N, H, W, C). */
    static Shape channelsLast(Shape shape) {
        return new Shape(shape.get(0), shape.get(2), shape.get(3), shape.get(1));
    }

    private static float[] normal(int seed, Shape shape, float mean, float deviation) {
        Random random = new Random(seed);
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = mean + deviation * (float) random.nextGaussian();
        }
        return values;
    }
}
