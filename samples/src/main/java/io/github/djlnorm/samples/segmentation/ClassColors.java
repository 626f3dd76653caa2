package io.github.djlnorm.samples.segmentation;

import java.awt.Color;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;

/** The colors of classes in pictures: black for class 0, and bright ones far apart for others. */
final class ClassColors {

    private static final int MOST = 256;
    private static final float GOLDEN_RATIO = 0.618034f;

    /** The colors of a picture that stores classes. */
    static final IndexColorModel MODEL = model();

    private ClassColors() {}

    static Color of(int classNumber) {
        return classNumber == 0
                ? Color.BLACK
                : Color.getHSBColor(classNumber * GOLDEN_RATIO, 0.75f, 0.95f);
    }

    /** A pixel with half its color, and half that of a class. */
    static int mix(int rgb, int classNumber) {
        int color = of(classNumber).getRGB();
        return ((rgb & 0xFEFEFE) >> 1) + ((color & 0xFEFEFE) >> 1);
    }

    private static IndexColorModel model() {
        int[] colors = new int[MOST];
        for (int i = 0; i < MOST; i++) {
            colors[i] = of(i).getRGB();
        }
        return new IndexColorModel(8, MOST, colors, 0, false, -1, DataBuffer.TYPE_BYTE);
    }
}
