package io.github.djlnorm.samples.style;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.pooling.Pool;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.samples.nets.GraphNumbers;
import java.util.stream.IntStream;

/**
 * How far results are from showing their contents in the style of another image, by the images
 * themselves, since no network that has learned what pictures show is at hand.
 *
 * <p>A style is the distribution of an image's patches, at each of a few scales. Random filters,
 * other ones each time, turn patches into numbers, and those of a result, sorted, are compared with
 * those of the style: a sliced Wasserstein distance, here relative to the style's deviation. 0 is
 * the same style. Half of the filters sum to zero over each color and so see texture alone.
 *
 * <p>The content is where an image is lighter or darker than on the whole, at a quarter of the
 * resolution: its brightness, normalized. That leaves color, contrast and fine texture to the
 * style.
 *
 * @see <a href="https://arxiv.org/abs/2006.07229">Heitz et al., A Sliced Wasserstein Loss for
 *     Neural Texture Synthesis, 2021</a>
 * @see <a href="https://arxiv.org/abs/2203.11862">Elnekave and Weiss, Generating Natural Images
 *     with Direct Patch Distributions Matching, 2022</a>
 */
final class StyleLoss {

    private static final int SCALES = 4;
    private static final int FILTERS = 6; // of each kind
    private static final int PATCH = 7;
    private static final int COLORS = 3;
    private static final int CONTENT_SCALE = 4;

    // A usual deviation of brightness, which makes both kinds of content as large.
    private static final float DEVIATION = 0.25f;

    // So that an image without any contrast, which has no content, makes no great noise either.
    private static final float MIN_VARIANCE = 1e-3f;

    private final NDArray style;
    private final float contentWeight;
    private final boolean keepContrast;

    /** The unweighted terms and their weighted sum, all scalars. */
    record Terms(NDArray content, NDArray style, NDArray total) {

        LossReport.Losses values() {
            return new LossReport.Losses(content.getFloat(), style.getFloat(), total.getFloat());
        }
    }

    /**
     * Creates a loss.
     *
     * @param style the image whose style is wanted, of shape (1, 3, H, W)
     * @param contentWeight what the content counts beside a style of weight 1
     * @param keepContrast whether the content is brightness as it is, not normalized
     */
    StyleLoss(NDArray style, float contentWeight, boolean keepContrast) {
        this.style = style;
        this.contentWeight = contentWeight;
        this.keepContrast = keepContrast;
    }

    /** Compares results with the images they were made from, both of shape (N, 3, H, W). */
    Terms of(NDArray contents, NDArray results) {
        NDArray content = content(results).sub(content(contents)).square().mean();
        NDArray distance = style(results);
        return new Terms(
                content, distance, GraphNumbers.times(content, contentWeight).add(distance));
    }

    private NDArray style(NDArray results) {
        NDManager manager = results.getManager();
        NDArray wanted = style.duplicate();
        wanted.attach(manager);
        NDArray sum = null;
        int scales = 0;
        long stride = stride(results.getShape());
        for (NDArray scaled = results; fits(scaled) && scales < SCALES; scales++) {
            NDArray filters = filters(manager);
            NDArray distance =
                    distance(sorted(scaled, filters, 1), sorted(wanted, filters, stride));
            sum = sum == null ? distance : sum.add(distance);
            scaled = pool(scaled, 2);
            wanted = pool(wanted, 2);
        }
        return GraphNumbers.times(sum, 1f / scales);
    }

    /** What leaves about as many patches of the style as a result has. */
    private long stride(Shape results) {
        Shape shape = style.getShape();
        return Math.max(1, Math.min(shape.get(2) / results.get(2), shape.get(3) / results.get(3)));
    }

    private static boolean fits(NDArray images) {
        return Math.min(images.getShape().get(2), images.getShape().get(3)) >= 2 * PATCH;
    }

    private static NDArray filters(NDManager manager) {
        NDArray any = manager.randomNormal(new Shape(FILTERS, COLORS, PATCH * PATCH));
        NDArray texture = manager.randomNormal(any.getShape());
        return any.concat(texture.sub(texture.mean(new int[] {2}, true)), 0)
                .reshape(-1, COLORS, PATCH, PATCH);
    }

    /** The sorted answers of filters, of shape (N, filters, positions). */
    private static NDArray sorted(NDArray images, NDArray filters, long stride) {
        NDArray answers = Conv2d.conv2d(images, filters, null, new Shape(stride, stride)).head();
        Shape shape = answers.getShape();
        return answers.reshape(shape.get(0), shape.get(1), -1).sort(-1);
    }

    /**
     * The mean difference of sorted values, relative to the standard deviation of the wanted ones.
     *
     * @param wanted of shape (1, filters, any number of values)
     */
    static NDArray distance(NDArray values, NDArray wanted) {
        NDArray mean = wanted.mean(new int[] {2}, true);
        NDArray variance = wanted.sub(mean).square().mean(new int[] {2}, true).add(MIN_VARIANCE);
        return values.sub(quantiles(wanted, values.getShape().get(2)))
                .abs()
                .div(variance.sqrt())
                .mean();
    }

    /** As many of the sorted values, at equal distances from the first to the last. */
    private static NDArray quantiles(NDArray sorted, long count) {
        long available = sorted.getShape().get(2);
        if (available == count) {
            return sorted;
        }
        long[] indices =
                IntStream.range(0, Math.toIntExact(count))
                        .mapToLong(i -> Math.round(i * (available - 1.0) / Math.max(1, count - 1)))
                        .toArray();
        NDArray chosen = sorted.getManager().create(indices);
        return sorted.get(new NDIndex(":, :, {}", chosen));
    }

    NDArray content(NDArray images) {
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
}
