package io.github.djlnorm.samples.data;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Landscapes that the program draws, as contents to paint in a style.
 *
 * @param images the pictures, all of one class
 */
record LandscapeImages(List<Image> images) implements LabeledImages.Source {

    static final String CLASS = "landscape";

    /** Draws pictures; equal seeds give equal ones. */
    static LandscapeImages draw(int count, long seed) {
        LandscapePainter painter = new LandscapePainter(seed);
        ImageFactory factory = ImageFactory.getInstance();
        return new LandscapeImages(
                IntStream.range(0, count)
                        .mapToObj(i -> factory.fromImage(painter.paint()))
                        .toList());
    }

    @Override
    public List<Integer> labels() {
        return Collections.nCopies(images.size(), 0);
    }

    @Override
    public Image image(int index) {
        return images.get(index);
    }
}
