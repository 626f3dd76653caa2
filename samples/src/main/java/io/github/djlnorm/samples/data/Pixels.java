package io.github.djlnorm.samples.data;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.util.NDImageUtils;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.awt.Color;
import java.awt.image.BufferedImage;

/** Images as arrays of shape (1, 3, H, W) with values from 0 to 1, and back. */
public final class Pixels {

    private static final float MAX = 255;

    private Pixels() {}

    public static NDArray of(NDManager manager, Image image) {
        return NDImageUtils.toTensor(image.toNDArray(manager)).expandDims(0);
    }

    public static NDArray of(NDManager manager, BufferedImage image) {
        return of(manager, ImageFactory.getInstance().fromImage(image));
    }

    /** An image scaled to a size; its shape changes where its proportions do. */
    public static NDArray of(NDManager manager, Image image, int width, int height) {
        NDArray pixels = NDImageUtils.resize(image.toNDArray(manager), width, height);
        return NDImageUtils.toTensor(pixels).expandDims(0);
    }

    public static BufferedImage image(NDArray pixels) {
        long height = pixels.getShape().get(2);
        long width = pixels.getShape().get(3);
        byte[] values =
                pixels.mul(MAX).round().clip(0, MAX).toType(DataType.UINT8, false).toByteArray();
        BufferedImage image =
                new BufferedImage((int) width, (int) height, BufferedImage.TYPE_INT_RGB);
        int plane = (int) (width * height);
        for (int i = 0; i < plane; i++) {
            Color color =
                    new Color(
                            values[i] & 0xFF,
                            values[plane + i] & 0xFF,
                            values[2 * plane + i] & 0xFF);
            image.setRGB(i % (int) width, i / (int) width, color.getRGB());
        }
        return image;
    }
}
