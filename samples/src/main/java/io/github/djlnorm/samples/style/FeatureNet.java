package io.github.djlnorm.samples.style;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * A fixed network that a perceptual loss sees images through.
 *
 * <p>Images are of shape (N, 3, H, W) with values from 0 to 1. Gradients flow through the network
 * to the images; its own parameters get none.
 */
interface FeatureNet extends AutoCloseable {

    /** The feature maps whose correlations are an image's style, each of shape (N, C, H', W'). */
    List<NDArray> style(NDArray images);

    /** What is kept of an image's content, of shape (N, ...). */
    NDArray content(NDArray images);

    @Override
    void close();
}
