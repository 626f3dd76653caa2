package io.github.djlnorm.samples.data;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The embedded data set: pictures of shapes that the program draws, as many of each kind.
 *
 * @param images the pictures, kind by kind in turn
 */
record ShapeImages(List<Image> images) implements LabeledImages.Source {

    private static final List<ShapeKind> KINDS = List.of(ShapeKind.values());

    /** Draws pictures; equal seeds give equal ones. */
    static ShapeImages draw(int count, long seed) {
        ShapePainter painter = new ShapePainter(seed);
        ImageFactory factory = ImageFactory.getInstance();
        return new ShapeImages(
                IntStream.range(0, count)
                        .mapToObj(i -> factory.fromImage(painter.paint(KINDS.get(label(i)))))
                        .toList());
    }

    @Override
    public List<Integer> labels() {
        return IntStream.range(0, images.size()).mapToObj(ShapeImages::label).toList();
    }

    @Override
    public Image image(int index) {
        return images.get(index);
    }

    private static int label(int index) {
        return index % KINDS.size();
    }
}
