package io.github.djlnorm.samples.data;

import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.transform.Normalize;
import ai.djl.modality.cv.transform.Resize;
import ai.djl.modality.cv.transform.ToTensor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.Pipeline;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * What happens to an image before the net sees it, the same in training and in prediction.
 *
 * @param imageSize width and height in pixels
 * @param mean what is subtracted from the red, green and blue values in [0, 1]
 * @param std what they are divided by after that
 */
public record Preprocessing(int imageSize, List<Float> mean, List<Float> std) {

    // The statistics of ImageNet, customary for photographs.
    private static final List<Float> MEAN = List.of(0.485f, 0.456f, 0.406f);
    private static final List<Float> STD = List.of(0.229f, 0.224f, 0.225f);

    public Preprocessing(int imageSize) {
        this(imageSize, MEAN, STD);
    }

    /** Only scales images, whose values stay from 0 to 1. */
    public static Preprocessing resizing(int imageSize) {
        return new Preprocessing(imageSize, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));
    }

    /** The shape of a batch of preprocessed images. */
    public Shape batchShape(long images) {
        return new Shape(images, 3, imageSize, imageSize);
    }

    public Pipeline pipeline() {
        return new Pipeline(
                new Resize(imageSize, imageSize),
                new ToTensor(),
                new Normalize(array(mean), array(std)));
    }

    /** The values in [0, 1] of preprocessed images. */
    public NDArray pixels(NDArray images) {
        NDManager manager = images.getManager();
        return images.mul(perChannel(std, manager)).add(perChannel(mean, manager));
    }

    /** Preprocesses images that have their size already. */
    public NDArray fromPixels(NDArray pixels) {
        NDManager manager = pixels.getManager();
        return pixels.sub(perChannel(mean, manager)).div(perChannel(std, manager));
    }

    private static NDArray perChannel(List<Float> values, NDManager manager) {
        return manager.create(array(values), new Shape(1, values.size(), 1, 1));
    }

    /** Preprocesses an image to shape (3, imageSize, imageSize). */
    public NDArray of(NDManager manager, BufferedImage image) {
        return of(ImageFactory.getInstance().fromImage(image).toNDArray(manager));
    }

    /** Preprocesses an image of shape (H, W, 3) with levels up to 255. */
    NDArray of(NDArray image) {
        return pipeline().transform(new NDList(image)).singletonOrThrow();
    }

    /** Random changes of preprocessed images. */
    FlipAndCrop augmentation() {
        return new FlipAndCrop(imageSize / 8);
    }

    private static float[] array(List<Float> values) {
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }
}
