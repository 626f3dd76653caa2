package io.github.djlnorm.samples.style;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.pooling.Pool;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.samples.nets.GraphNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One layer of convolutions with random filters of several sizes, and ReLU: textures that agree in
 * the correlations of these features look alike, although nothing was learned.
 *
 * <p>Instead of ever larger filters, the same ones look at the image at three scales. Each filter
 * sums to zero over every color, so that it sees texture alone; the colors are features of their
 * own, beside a constant one, with which their correlations tell their means too.
 *
 * <p>Filters that know nothing cannot tell content from color. The content here is where an image
 * is lighter or darker than on the whole, at a quarter of the resolution: its brightness,
 * normalized. That leaves color, contrast and fine texture to the style.
 *
 * @see <a href="https://arxiv.org/abs/1606.00021">Ustyuzhaninov et al., Texture Synthesis Using
 *     Shallow Convolutional Networks with Random Filters, 2016</a>
 */
final class RandomFilters implements FeatureNet {

    private static final List<Integer> SIZES = List.of(3, 5, 7);
    private static final int FILTERS_PER_SIZE = 32;
    private static final int SCALES = 3;
    private static final int COLORS = 3;
    private static final int CONTENT_SCALE = 4;

    // A usual deviation of brightness, which makes both kinds of content as large.
    private static final float DEVIATION = 0.25f;

    // So that an image without any contrast, which has no content, makes no great noise either.
    private static final float MIN_VARIANCE = 1e-3f;

    private final NDManager manager = NDManager.newBaseManager();
    private final List<NDArray> filters;
    private final boolean keepContrast;

    /**
     * Creates filters that follow from the seed alone.
     *
     * @param keepContrast whether the content is brightness as it is, not normalized
     */
    RandomFilters(long seed, boolean keepContrast) {
        this.keepContrast = keepContrast;
        Random random = new Random(seed);
        filters = SIZES.stream().map(size -> draw(size, random)).toList();
    }

    /** Draws uniform weights of variance 2 by the number of inputs, as suits ReLU. */
    private NDArray draw(int size, Random random) {
        int positions = size * size;
        double bound = Math.sqrt(6.0 / (COLORS * positions));
        float[] weights = new float[FILTERS_PER_SIZE * COLORS * positions];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
        NDArray drawn = manager.create(weights, new Shape(FILTERS_PER_SIZE, COLORS, positions));
        return drawn.sub(drawn.mean(new int[] {2}, true))
                .reshape(FILTERS_PER_SIZE, COLORS, size, size);
    }

    @Override
    public List<NDArray> style(NDArray images) {
        List<NDArray> features = new ArrayList<>();
        NDArray scaled = images.add(images).sub(1);
        features.add(withConstant(scaled));
        for (int scale = 0; scale < SCALES; scale++) {
            for (NDArray weight : filters) {
                features.add(Activation.relu(Conv2d.conv2d(scaled, weight).head()));
            }
            scaled = pool(scaled, 2);
        }
        return features;
    }

    private static NDArray withConstant(NDArray images) {
        Shape shape = images.getShape();
        NDArray ones =
                images.getManager().ones(new Shape(shape.get(0), 1, shape.get(2), shape.get(3)));
        return images.concat(ones, 1);
    }

    @Override
    public NDArray content(NDArray images) {
        NDArray brightness = pool(images.mean(new int[] {1}, true), CONTENT_SCALE);
        if (keepContrast) {
            return GraphNumbers.times(brightness, 1 / DEVIATION);
        }
        return InstanceNorm.instanceNorm(brightness, null, null, MIN_VARIANCE).head();
    }

    private static NDArray pool(NDArray images, int size) {
        Shape window = new Shape(size, size);
        return Pool.avgPool2d(images, window, window, new Shape(0, 0), false, true);
    }

    @Override
    public void close() {
        manager.close();
    }
}
