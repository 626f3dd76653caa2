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

    static float[] x(Trial trial) {
        return normal(X, trial.shape(), 0.5f, 1);
    }

    /** What comes back from the layers behind; never constant, as a sum's gradient would be. */
    static float[] dy(Shape output) {
        return normal(DY, output, 0, 1);
    }

    /** A scale is about one; all else is about zero. */
    static float[] parameter(int index, Shape shape, boolean scale) {
        return normal(PARAMETER + index, shape, scale ? 1 : 0, SPREAD);
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
