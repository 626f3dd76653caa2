package io.github.djlnorm.samples.style;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.samples.nets.GraphNumbers;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far a result is from showing one image's content in another image's style.
 *
 * <p>Style is compared by Gram matrices \(G = F F^T / HW\) of feature maps F of shape (C, HW), as
 * \(\sum (G - G_s)^2 / \sum G_s^2\), which is 0 for the same style and 1 for no features at all.
 * Content is compared by the mean square of the difference of features.
 *
 * @see <a href="https://arxiv.org/abs/1508.06576">Gatys, Ecker and Bethge, A Neural Algorithm of
 *     Artistic Style, 2015</a>
 * @see <a href="https://arxiv.org/abs/1603.08155">Johnson, Alahi and Fei-Fei, Perceptual Losses for
 *     Real-Time Style Transfer and Super-Resolution, 2016</a>
 */
final class PerceptualLoss {

    private static final float VARIATION_WEIGHT = 0.1f;

    // A style image of one color has no texture to divide by.
    private static final float MIN_STYLE = 1e-7f;

    private final FeatureNet net;
    private final float contentWeight;
    private final List<NDArray> styleGrams;

    /** The unweighted terms and their weighted sum, all scalars. */
    record Terms(NDArray content, NDArray style, NDArray total) {

        LossReport.Losses values() {
            return new LossReport.Losses(content.getFloat(), style.getFloat(), total.getFloat());
        }
    }

    /**
     * Creates a loss.
     *
     * @param net sees the images
     * @param style the image whose style is wanted, of shape (1, 3, H, W)
     * @param contentWeight what the content counts beside a style of weight 1
     */
    PerceptualLoss(FeatureNet net, NDArray style, float contentWeight) {
        this.net = net;
        this.contentWeight = contentWeight;
        styleGrams = net.style(style).stream().map(PerceptualLoss::gram).toList();
    }

    /** Compares results with the images they were made from, both of shape (N, 3, H, W). */
    Terms of(NDArray contents, NDArray results) {
        NDArray content = net.content(results).sub(net.content(contents)).square().mean();
        NDArray style = style(results);
        NDArray total =
                GraphNumbers.times(content, contentWeight)
                        .add(style)
                        .add(GraphNumbers.times(variation(results), VARIATION_WEIGHT));
        return new Terms(content, style, total);
    }

    private NDArray style(NDArray results) {
        List<NDArray> features = net.style(results);
        NDArray sum =
                IntStream.range(0, features.size())
                        .mapToObj(i -> distance(gram(features.get(i)), styleGrams.get(i)))
                        .reduce(NDArray::add)
                        .orElseThrow();
        return GraphNumbers.times(sum, 1f / features.size());
    }

    private static NDArray distance(NDArray grams, NDArray styleGram) {
        return grams.sub(styleGram).square().mean().div(styleGram.square().mean().add(MIN_STYLE));
    }

    /** The Gram matrices of feature maps, of shape (N, C, C). */
    static NDArray gram(NDArray features) {
        Shape shape = features.getShape();
        long positions = shape.get(2) * shape.get(3);
        NDArray flat = features.reshape(shape.get(0), shape.get(1), positions);
        return GraphNumbers.times(flat.matMul(flat.transpose(0, 2, 1)), 1f / positions);
    }

    /** The mean square of the difference of neighboring pixels, down and across. */
    static NDArray variation(NDArray images) {
        long height = images.getShape().get(2);
        long width = images.getShape().get(3);
        NDArray down = images.get(":, :, 1:, :").sub(images.get(":, :, :{}, :", height - 1));
        NDArray across = images.get(":, :, :, 1:").sub(images.get(":, :, :, :{}", width - 1));
        return down.square().mean().add(across.square().mean());
    }
}
