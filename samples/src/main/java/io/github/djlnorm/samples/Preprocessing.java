package io.github.djlnorm.samples;

import ai.djl.modality.cv.transform.Normalize;
import ai.djl.modality.cv.transform.Resize;
import ai.djl.modality.cv.transform.ToTensor;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.Pipeline;
import java.util.List;

/**
 * What happens to an image before the net sees it, the same in training and in prediction.
 *
 * @param imageSize width and height in pixels
 * @param mean what is subtracted from the red, green and blue values in [0, 1]
 * @param std what they are divided by after that
 */
record Preprocessing(int imageSize, List<Float> mean, List<Float> std) {

    // The statistics of ImageNet, customary for photographs.
    private static final List<Float> MEAN = List.of(0.485f, 0.456f, 0.406f);
    private static final List<Float> STD = List.of(0.229f, 0.224f, 0.225f);

    Preprocessing(int imageSize) {
        this(imageSize, MEAN, STD);
    }

    /** The shape of a batch of preprocessed images. */
    Shape batchShape(long images) {
        return new Shape(images, 3, imageSize, imageSize);
    }

    Pipeline pipeline() {
        return new Pipeline(
                new Resize(imageSize, imageSize),
                new ToTensor(),
                new Normalize(array(mean), array(std)));
    }

    private static float[] array(List<Float> values) {
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }
}
