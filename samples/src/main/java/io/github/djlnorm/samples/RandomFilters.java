package io.github.djlnorm.samples;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.pooling.Pool;
import java.util.List;
import java.util.Random;

/**
 * One layer of convolutions with random filters of several sizes, and ReLU: textures that agree in
 * the correlations of these features look alike, although nothing was learned.
 *
 * <p>Filters that know nothing cannot tell content from color. The content here is the brightness
 * at a quarter of the resolution, which leaves color and fine texture to the style.
 *
 * @see <a href="https://arxiv.org/abs/1606.00021">Ustyuzhaninov et al., Texture Synthesis Using
 *     Shallow Convolutional Networks with Random Filters, 2016</a>
 */
final class RandomFilters implements FeatureNet {

    static final List<Integer> SIZES = List.of(3, 5, 7, 11, 15);

    private static final int CHANNELS = 3;
    private static final Shape QUARTER = new Shape(4, 4);

    private final List<NDArray> filters;

    /** Creates filters that follow from the seed alone and live as long as the manager. */
    RandomFilters(NDManager manager, int filtersPerSize, long seed) {
        Random random = new Random(seed);
        filters = SIZES.stream().map(size -> draw(manager, filtersPerSize, size, random)).toList();
    }

    /**
     * Draws uniform weights whose variance, 2 by the number of inputs, keeps the features' scale.
     */
    private static NDArray draw(NDManager manager, int count, int size, Random random) {
        int inputs = CHANNELS * size * size;
        float bound = (float) Math.sqrt(6.0 / inputs);
        float[] weights = new float[count * inputs];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = bound * (2 * random.nextFloat() - 1);
        }
        return manager.create(weights, new Shape(count, CHANNELS, size, size));
    }

    @Override
    public List<NDArray> style(NDArray images) {
        NDArray centered = images.mul(2).sub(1);
        return filters.stream()
                .map(weight -> Activation.relu(Conv2d.conv2d(centered, weight).head()))
                .toList();
    }

    @Override
    public NDArray content(NDArray images) {
        NDArray brightness = images.mean(new int[] {1}, true);
        return Pool.avgPool2d(brightness, QUARTER, QUARTER, new Shape(0, 0), false, true);
    }
}
